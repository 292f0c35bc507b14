/** Float32 bytes, all first bytes, then all second ones ...: alike bytes stand together, which deflate needs. */
export function toPlanes(arrays: readonly Float32Array[]): Uint8Array {
  const total = arrays.reduce((sum, a) => sum + a.length, 0);
  const planes = new Uint8Array(4 * total);
  let i = 0;
  for (const array of arrays) {
    const view = new DataView(array.buffer, array.byteOffset, array.byteLength);
    for (let k = 0; k < array.length; k++, i++)
      for (let b = 0; b < 4; b++) planes[b * total + i] = view.getUint8(4 * k + b);
  }
  return planes;
}

/** The inverse of {@link toPlanes}, in one array. */
export function fromPlanes(planes: Uint8Array): Float32Array {
  const total = planes.length / 4;
  const floats = new Float32Array(total);
  const bytes = new Uint8Array(floats.buffer);
  for (let b = 0; b < 4; b++) for (let i = 0; i < total; i++) bytes[4 * i + b] = planes[b * total + i]!;
  return floats;
}
