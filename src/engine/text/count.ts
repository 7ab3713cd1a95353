/** A number and what it counts: `1 box`, `2 boxes`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
