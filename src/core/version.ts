import { requireCommonJs } from './host.js';

/** The package's version. */
export function packageVersion(): string {
  const { version } = requireCommonJs('iterand/package.json') as { version: string };
  return version;
}
