/** Entries kept before a memo starts afresh: a long-lived process must not grow with what people type. */
const MOST = 5_000;

/** A function that makes each key's value once and hands it out again. */
export function memo<K, V>(): (key: K, make: () => V) => V {
  const made = new Map<K, V>();
  return (key, make) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    if (made.size >= MOST) made.clear();
    const value = make();
    made.set(key, value);
    return value;
  };
}

/** A function that makes a value once for each object, and keeps it as long as somebody has the object. */
export function perObject<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    let known = made.get(key);
    if (known === undefined) {
      known = { value: make(key) };
      made.set(key, known);
    }
    return known.value;
  };
}

/** A value made when it is first asked for. */
export function lazy<V>(make: () => V): () => V {
  let made: { readonly value: V } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
