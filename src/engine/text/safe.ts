declare const safe: unique symbol;
/** Text that may be written to a forge: made only by the composer in this file. */
export type SafeText = string & { readonly [safe]: true };
