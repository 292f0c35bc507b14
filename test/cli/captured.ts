import { main } from '../../src/cli/main.js';

/** Runs the command line in this process, and gives what it wrote and its exit code. */
export async function captured(
  args: readonly string[],
): Promise<{ stdout: string; stderr: string; code: number }> {
  const written = { stdout: '', stderr: '' };
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name];
    const { write } = stream;
    stream.write = ((text: string) => {
      written[name] += text;
      return true;
    }) as typeof write;
    return () => {
      stream.write = write;
    };
  });
  try {
    await main(args);
    return { ...written, code: Number(process.exitCode ?? 0) };
  } finally {
    for (const back of restore) back();
    process.exitCode = 0;
  }
}
