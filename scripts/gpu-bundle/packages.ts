import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** What gpu:check and training do without: pages, decoding of photos, users' formulas. */
const WITHOUT = new Set(['plotly.js-dist', 'sharp', 'mathjs']);
/** What the laws are stated and held with. */
const LAWS = ['fast-check', '@vitest/expect', '@vitest/runner'];
/** What only onnxruntime-node's install script uses. */
const INSTALLERS = new Set(['adm-zip', 'global-agent']);
/** Parts of packages that are no part of the library: a command line, a second copy of the digits. */
const PARTS = [/\/protobufjs\/cli\//, /\/mnist\/dist\//];
/** Binaries of other systems, and what no program reads. */
const OTHER_SYSTEMS = /(^|[/._-])(darwin|win32|windows|arm64|aarch64|riscv64|s390x|ppc64|musl)([/._-]|$)/;
const UNREAD =
  /\.(md|markdown|ts|mts|cts|map|flow|c|h|cc|cpp|gypi?|html)$|(^|\/)(docs|examples?|benchmark|visualizer\.html)(\/|$)/;

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Where a package finds another, as Node looks it up; undefined where it is not installed. */
function find(name: string, from: string, root: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const at = join(folder, 'node_modules', name);
    if (existsSync(join(at, 'package.json'))) return at;
    if (folder === root || folder === dirname(folder)) return undefined;
  }
}

/** The folders of all packages that the one at `root` needs at run time on this system, optional peers that are installed included, and of those that hold the laws. */
export function packageFolders(root: string): string[] {
  const found = new Set<string>();
  const visit = (folder: string) => {
    const { dependencies, optionalDependencies, peerDependencies } = manifestOf(folder);
    const more = folder === root ? [...Object.keys(peerDependencies ?? {}), ...LAWS] : [];
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...more]) {
      if (WITHOUT.has(name) || INSTALLERS.has(name)) continue;
      const at = find(name, folder, root);
      if (at === undefined || found.has(at)) continue;
      found.add(at);
      visit(at);
    }
  };
  visit(root);
  return [...found].sort();
}

/** The files of a folder that a program on Linux x64 reads, relative to it, packages within it left out. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/(^|\/)node_modules\//.test(path) && !OTHER_SYSTEMS.test(path) && !UNREAD.test(path))
    .filter((path) => !PARTS.some((part) => part.test(`${folder}/${path}`)))
    .sort();
}

/** Whether a file is packed: large ones are. */
export const isLarge = (path: string): boolean => statSync(path).size > 2e6;
