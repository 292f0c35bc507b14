import { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { requireWritable } from '../core/files.js';
import { datasetNames } from '../train/data/open.js';
import { dataFolderOption, requireDataFolder, requireDataFolderUsed } from './machine.js';
import { listed, print, textArgument, textOption } from './options.js';
import { progressBar, readingImages } from './progress.js';

interface FolderOption {
  readonly dataFolder?: string;
}

interface CifarOptions extends FolderOption {
  readonly from?: string;
  readonly url?: string;
  readonly replace?: boolean;
}

interface IndexOptions extends FolderOption {
  readonly json?: boolean;
}

const nameHelp = listed([...datasetNames, 'folder:PATH']);

/** `iterand data`: what data is there, getting CIFAR-10, checking images. */
export function dataCommand(): Command {
  const command = new Command('data').description('List, fetch and check image data.').addHelpText(
    'after',
    `
Examples:
  iterand data list
  iterand data cifar10                                download, check and import the official archive
  iterand data cifar10 --from cifar-10-binary.tar.gz  import what was fetched elsewhere
  iterand data check imagenet                         read every image of data/imagenet/train|val/<synset>/*
  iterand data index folder:photos --json             classes and counts of an image folder`,
  );
  command
    .command('list')
    .description('Say which of the known sets are there.')
    .addOption(dataFolderOption())
    .action(list);
  command
    .command('cifar10')
    .description('Download CIFAR-10 (170 MB), or import it from a folder, a .tar or a .tar.gz.')
    .addOption(
      textOption(
        '--from <path>',
        'binary files, or images as train|test/<class>/*, in a folder, .tar or .tar.gz; nothing is downloaded',
      ),
    )
    .addOption(
      textOption(
        '--url <url>',
        'a mirror of the official archive; size and SHA-256 must be the official ones',
      ).conflicts('from'),
    )
    .option('--replace', 'import anew where CIFAR-10 is there already')
    .addOption(dataFolderOption())
    .action(cifar10);
  command
    .command('index')
    .addArgument(textArgument('<data>', nameHelp))
    .description('Show splits, classes and fingerprint of a set.')
    .option('--json', 'print JSON, with the images per class and split')
    .addOption(dataFolderOption())
    .action(index);
  command
    .command('check')
    .addArgument(textArgument('<data>', nameHelp))
    .description('Read every image of a set; exit code 1 if some cannot be read, which are named.')
    .addOption(dataFolderOption())
    .action(check);
  return command;
}

async function list(options: FolderOption, command: Command): Promise<void> {
  requireDataFolder(command);
  const { datasetNames, openDataset } = await import('../train/data/open.js');
  for (const name of datasetNames) {
    try {
      const dataset = await openDataset(name, { ...options, contents: false });
      print(`${name.padEnd(9)} ${dataset.name}: ${counts(dataset)}`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      print(`${name.padEnd(9)} not there: ${error.message}`);
    }
  }
}

async function cifar10(options: CifarOptions): Promise<void> {
  const { existsSync, rmSync } = await import('node:fs');
  const { join } = await import('node:path');
  const { cifarFolder, officialArchive } = await import('../train/data/cifar10/format.js');
  const { importCifar10 } = await import('../train/data/cifar10/import.js');
  const { defaultDataFolder, openDataset } = await import('../train/data/open.js');
  const dataFolder = options.dataFolder ?? defaultDataFolder();
  if (options.from !== undefined && !existsSync(options.from))
    throw new InputError(`--from ${options.from}`, 'is not there', 'check the path');
  if (
    options.url !== undefined &&
    !/^https?:$/.test(URL.canParse(options.url) ? new URL(options.url).protocol : '')
  )
    throw new InputError(
      `--url ${options.url}`,
      'is no http or https address',
      'give the address of a mirror',
    );
  if (existsSync(cifarFolder(dataFolder)) && !options.replace && options.from === undefined) {
    const dataset = await openDataset('cifar10', { dataFolder });
    print(`${dataset.name} is in ${cifarFolder(dataFolder)}: ${counts(dataset)}`);
    return;
  }
  requireWritable(`data folder ${dataFolder}`, cifarFolder(dataFolder), 'folder');
  const archive = join(dataFolder, 'cifar-10-binary.tar.gz');
  const url = options.url ?? officialArchive.url;
  if (options.from === undefined) {
    const { download } = await import('../train/data/download.js');
    const bar = progressBar('downloading');
    try {
      await download({ ...officialArchive, url }, archive, { progress: bar.update });
    } finally {
      bar.stop();
    }
  }
  const bar = progressBar('importing');
  try {
    const manifest = await importCifar10({
      from: options.from ?? archive,
      source: options.from ?? url,
      dataFolder,
      replace: options.replace ?? false,
      progress: bar.update,
    });
    bar.stop();
    print(`${manifest.name} is in ${cifarFolder(dataFolder)}: 45000 train, 5000 validation, 10000 test`);
  } finally {
    bar.stop();
  }
  if (options.from === undefined) rmSync(archive);
}

async function index(name: string, options: IndexOptions, command: Command): Promise<void> {
  requireDataFolderUsed(command, name);
  const { openDataset } = await import('../train/data/open.js');
  const { splits } = await import('../train/data/dataset.js');
  const dataset = await openDataset(name, { ...options, progress: readingImages() });
  if (options.json) {
    const images = splits.map((split) => {
      const perClass = new Array<number>(dataset.classes.length).fill(0);
      for (const i of dataset.indices(split)) perClass[dataset.labels[i]!]!++;
      return [split, perClass];
    });
    const { fingerprint, classes } = dataset;
    print(
      JSON.stringify(
        { name: dataset.name, fingerprint, classes, images: Object.fromEntries(images) },
        null,
        2,
      ),
    );
    return;
  }
  print(`${dataset.name}: ${counts(dataset)}`);
  print(
    `${dataset.classes.length} classes, ${dataset.channels} channels, ${dataset.size}x${dataset.size} pixels`,
  );
  print(`fingerprint ${dataset.fingerprint}`);
}

async function check(name: string, options: FolderOption, command: Command): Promise<void> {
  requireDataFolderUsed(command, name);
  const { openDataset } = await import('../train/data/open.js');
  const { checkDataset } = await import('../train/data/check.js');
  const dataset = await openDataset(name, { ...options, contents: false });
  const bar = progressBar('reading');
  try {
    const { images, unreadable } = await checkDataset(dataset, bar.update);
    bar.stop();
    for (const { file, reason } of unreadable) print(`unreadable: ${file} (${reason})`);
    print(`${dataset.name}: ${images} images, ${unreadable.length} unreadable`);
    if (unreadable.length > 0) process.exitCode = 1;
  } finally {
    bar.stop();
  }
}

function counts(dataset: { count(split: 'train' | 'validation' | 'test'): number }): string {
  return `${dataset.count('train')} train, ${dataset.count('validation')} validation, ${dataset.count('test')} test`;
}
