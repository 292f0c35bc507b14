/**
 * A binary arithmetic coder (range coder, 32-bit range, bytes out, carries propagated through a cached byte as in
 * LZMA). Probabilities are 16-bit integers: `zero` / 65536 is the probability that the bit is 0.
 */

const top = 2 ** 24;

export class RangeEncoder {
  private low = 0;
  private range = 0xffffffff;
  private cache = 0;
  private pending = 0;
  private started = false;
  private bytes = new Uint8Array(1024);
  private length = 0;

  /** @param zero 1 ... 65535 */
  encode(bit: number, zero: number): void {
    const bound = Math.imul(this.range >>> 16, zero) >>> 0;
    if (bit === 0) this.range = bound;
    else {
      this.low += bound;
      this.range -= bound;
    }
    while (this.range < top) {
      this.range = (this.range << 8) >>> 0;
      this.shift();
    }
  }

  /** The bytes; the encoder is done then. */
  finish(): Uint8Array {
    // Any number in [low, low + range) will do: take the one whose last bytes are zero, and leave those out.
    for (let i = 0; i < 5; i++) {
      if (i === 0) {
        const rounded = Math.ceil(this.low / top) * top;
        if (rounded < this.low + this.range) this.low = rounded;
      }
      this.shift();
    }
    let end = this.length;
    while (end > 0 && this.bytes[end - 1] === 0) end--;
    return this.bytes.slice(0, end);
  }

  private shift(): void {
    if (this.low < 0xff000000 || this.low >= 2 ** 32) {
      const carry = this.low >= 2 ** 32 ? 1 : 0;
      if (this.started) this.write(this.cache + carry);
      for (; this.pending > 0; this.pending--) this.write(0xff + carry);
      this.started = true;
      this.cache = Math.floor(this.low / top) & 0xff;
    } else this.pending++;
    this.low = (this.low % top) * 256;
  }

  private write(byte: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = byte;
  }
}

export class RangeDecoder {
  private code = 0;
  private range = 0xffffffff;
  private next = 0;
  private readonly again = new RangeEncoder();

  /** Bytes past the end read as zero: the encoder leaves zeros at the end out. */
  constructor(private readonly bytes: Uint8Array) {
    for (let i = 0; i < 4; i++) this.code = ((this.code << 8) | this.read()) >>> 0;
  }

  /** The next bit, which must have been encoded with the same `zero`. */
  decode(zero: number): 0 | 1 {
    const bound = Math.imul(this.range >>> 16, zero) >>> 0;
    let bit: 0 | 1 = 0;
    if (this.code < bound) this.range = bound;
    else {
      this.code -= bound;
      this.range -= bound;
      bit = 1;
    }
    while (this.range < top) {
      this.range = (this.range << 8) >>> 0;
      this.code = ((this.code << 8) | this.read()) >>> 0;
    }
    this.again.encode(bit, zero);
    return bit;
  }

  /**
   * Whether the bytes are what the encoder makes of the bits read, no byte more or less. Ends the decoding. Bytes that are cut off,
   * added or changed mostly are not: the encoder writes the one shortest number of its interval.
   */
  isWhole(): boolean {
    return Buffer.from(this.again.finish()).equals(this.bytes);
  }

  private read(): number {
    return this.next < this.bytes.length ? this.bytes[this.next++]! : 0;
  }
}
