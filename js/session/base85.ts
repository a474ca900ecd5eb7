/** Bytes as letters, of which none means anything in HTML. */
const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+-;=>?@^_`{|}~,.";

/** Decode what export/packed.py wrote in base 85: five letters for four bytes. */
export function fromBase85(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128);
  for (let k = 0; k < letters.length; k++) values[letters.charCodeAt(k)] = k;
  const missing = (5 - (text.length % 5)) % 5;
  const out = new DataView(new ArrayBuffer(((text.length + missing) / 5) * 4));
  for (let i = 0; i < text.length; i += 5) {
    let word = 0;
    for (let k = i; k < i + 5; k++)
      word = 85 * word + (k < text.length ? (values[text.charCodeAt(k)] as number) : letters.length - 1);
    out.setUint32((i / 5) * 4, word);
  }
  return new Uint8Array(out.buffer, 0, out.byteLength - missing);
}
