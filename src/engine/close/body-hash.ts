import { digest } from "../text/digest.ts";

/** SHA-256 of a text in hex, whatever its line breaks. */
export const textHash = (text: string): string => digest(text.replace(/\r\n?/g, "\n"));

/** Enough of it to tell two versions of a text apart. */
export const bodyHash = (text: string): string => textHash(text).slice(0, 16);
