import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** SHA-256 of a text in hex, whatever its line breaks. */
export const textHash = (text: string): string =>
  bytesToHex(sha256(utf8ToBytes(text.replace(/\r\n?/g, "\n"))));

/** Enough of it to tell two versions of a text apart. */
export const bodyHash = (text: string): string => textHash(text).slice(0, 16);
