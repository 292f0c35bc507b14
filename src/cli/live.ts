/** A block of lines on stderr that is drawn again in its place. */
export class LiveBlock {
  #drawn = 0;

  /** Lines that do not fit are cut: a broken line would not be found again. */
  draw(lines: readonly string[]): void {
    const columns = process.stderr.columns || 80;
    const text = lines.map(
      (line) => `\x1b[2K${line.length > columns ? `${line.slice(0, columns - 1)}…` : line}\n`,
    );
    process.stderr.write(`${this.#up()}${text.join('')}\x1b[J`);
    this.#drawn = lines.length;
  }

  /** Takes the block away. */
  clear(): void {
    process.stderr.write(`${this.#up()}\x1b[J`);
    this.#drawn = 0;
  }

  #up(): string {
    return this.#drawn === 0 ? '' : `\x1b[${this.#drawn}F`;
  }
}
