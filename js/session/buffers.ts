/** Read binary data as hosts and files give it. */

/** Colab gives `Uint8Array`, the others `DataView`; both may be a part of a larger buffer. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/** View any buffer as bytes, without a copy. */
export function toBytes(bytes: Bytes): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}

/** Little-endian float32. Copied only if it does not start on a multiple of four. */
export function toFloat32(bytes: Bytes): Float32Array {
  const u8 = toBytes(bytes);
  const { buffer, byteOffset } = u8.byteOffset % 4 === 0 ? u8 : u8.slice();
  return new Float32Array(buffer, byteOffset, Math.floor(u8.byteLength / 4));
}

/** Decode base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < out.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}
