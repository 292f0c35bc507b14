// Builds the explorer, one HTML file that needs no other: node scripts/explorer.js FOLDER writes FOLDER/index.html.
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, runnerImport } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const root = join(import.meta.dirname, '..');
const source = join(root, 'src/explorer');

/** What the theory takes from Node comes from src/explorer/host.ts; any other module of Node's in our sources ends the build. */
const browserHost = () => ({
  name: 'browser-host',
  enforce: 'pre',
  async resolveId(id, importer) {
    // Packages say themselves what they do without, by the field `browser`.
    if (isBuiltin(id) && !importer?.includes('node_modules'))
      this.error(`${importer} imports ${id}, which a browser has not`);
    const found = await this.resolve(id, importer, { skipSelf: true });
    return found?.id === join(root, 'src/core/host.ts') ? join(source, 'host.ts') : found;
  },
});

/** The page's markup, made here so that it stands before any script has run. */
const markup = () => ({
  name: 'explorer-markup',
  transformIndexHtml: {
    order: 'pre',
    handler: async () => (await runnerImport(join(source, 'page.ts'))).module.renderPage(),
  },
});

await build({
  root: source,
  configFile: false,
  logLevel: 'warn',
  plugins: [browserHost(), markup(), viteSingleFile()],
  worker: { plugins: () => [browserHost()] },
  build: {
    outDir: process.argv[2],
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
});
