/**
 * Aborts on the first Ctrl-C or SIGTERM; a second one ends the process at once, as a kill would.
 *
 * @param doing what a person is told, e.g. `finishing the steps it has begun and saving`
 */
export function stopOnSignal(doing: string): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const heard = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\niterand: ${name}: ${doing}; once more to leave at once.\n`);
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, heard);
  const release = () => {
    for (const name of names) process.off(name, heard);
  };
  return { signal: controller.signal, release };
}
