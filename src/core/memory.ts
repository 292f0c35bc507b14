import { InputError } from './errors.js';
import { availableMemory } from './host.js';

/**
 * Refuses what clearly cannot have the memory it needs.
 *
 * @param what for the message, e.g. `training resnet50 at width 100`
 * @param bytes what it needs
 * @param accuracy how far off that may be: it is refused where even `bytes / accuracy` is not there
 * @throws InputError that says how much it needs and how much there is
 */
export function requireMemory(
  what: string,
  bytes: number,
  fix: string,
  accuracy = 1,
  available = availableMemory(),
): void {
  if (bytes / accuracy <= available) return;
  throw new InputError(
    what,
    `needs about ${memoryText(bytes)} of memory, and ${memoryText(available)} are available`,
    fix,
  );
}

/** `3.2 GiB`, `1.5e+9 GiB`. */
export function memoryText(bytes: number): string {
  const gigabytes = bytes / 2 ** 30;
  return `${gigabytes >= 1e6 ? gigabytes.toExponential(1) : gigabytes.toFixed(gigabytes < 10 ? 1 : 0)} GiB`;
}
