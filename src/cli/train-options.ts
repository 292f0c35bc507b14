import { Option } from 'commander';
import { PIXELS } from '../train/data/dataset.js';
import { datasetNames } from '../train/data/open.js';
import { ENGINES } from '../train/engines/names.js';
import { PROVIDERS } from '../train/engines/onnx/providers.js';
import { BACKENDS } from '../train/engines/tfjs/backends.js';
import { BIASES, NETWORK_CHOICES } from '../train/networks/index.js';
import { DISTRIBUTIONS } from '../train/prune/distributions.js';
import { PAIRINGS, REFRESH_NAMES, REFRESHED_SCORES } from '../train/prune/refreshes.js';
import { RULES } from '../train/prune/rules/index.js';
import { type RuleSettings, SETTLES } from '../train/prune/rules/rule.js';
import { SCOPE_NAMES } from '../train/prune/thresholds.js';
import { type Defaults, defaultText, METHODS, RAMP, RUN_DEFAULTS } from '../train/spec/defaults.js';
import { choiceOption, listed, numberOption, textOption } from './options.js';

/** The engine that the machine has the hardware for, found out when the command is given. */
export const AUTO = 'auto';

type Key = Exclude<keyof Defaults, 'imageSize'>;

/** A flag for a setting of the training spec, whose range the spec checks; the help names its default. */
const number = (flags: string, help: string, key: Key) =>
  numberOption(flags, `${help} (${defaultText(key)})`);
const word = (flags: string, help: string, key: Key) => textOption(flags, `${help} (${defaultText(key)})`);

/** A flag for every key of the training spec, with what it means. */
export const specOptions = (): Option[] => [
  textOption('--network <name>', listed(NETWORK_CHOICES)),
  number('--width <factor>', 'factor on the channels of every layer', 'width'),
  choiceOption('--biases <which>', 'biases of the layers, for sgd (default trained)', BIASES),
  textOption('--method <name>', listed(METHODS)),
  textOption('--data <name>', `${listed([...datasetNames, 'folder:PATH'])}`),
  numberOption(
    '--image-size <pixels>',
    'side of what the network sees, for folder:PATH (default 224) and mnist (28 or 32)',
  ),
  choiceOption(
    '--pixels <scale>',
    "by the data's mean and deviation, or in [0, 1] (default normalised)",
    PIXELS,
  ),
  word('--param <distribution>', `distribution of the weights: ${listed(DISTRIBUTIONS)}`, 'param'),
  word('--score <distribution>', 'distribution of the first scores, of the same names', 'score'),
  number('--sparsity <p>', 'pruned fraction of the weights', 'sparsity'),
  number('--period <iterations>', 'K_per, the iterations from one refresh to the next', 'period'),
  number('--rate <r>', 'probability that a pruned weight is drawn anew, or share that is recycled', 'rate'),
  ...pruningOptions(),
  number('--epochs <number>', 'how many times all training images are seen', 'epochs'),
  number('--warmup <epochs>', 'first epochs, with a linearly rising rate', 'warmup'),
  number('--final-epochs <epochs>', 'last epochs, at the final rate', 'finalEpochs'),
  number('--final-rate <rate>', 'learning rate of the final epochs', 'finalRate'),
  number('--batch <images>', 'images in a training batch', 'batch'),
  number('--evaluation-batch <images>', 'images in an evaluation batch', 'evaluationBatch'),
  number('--learning-rate <rate>', 'largest learning rate', 'learningRate'),
  number('--momentum <factor>', "SGD's momentum", 'momentum'),
  number(
    '--weight-decay <factor>',
    'what is added to each gradient, as a multiple of the value',
    'weightDecay',
  ),
  word('--engine <name>', `what runs the network: ${listed([...ENGINES, AUTO])}`, 'engine'),
  word('--provider <name>', `hardware of the onnx engine: ${listed(PROVIDERS)}`, 'provider'),
  word('--backend <name>', `hardware of the tfjs engine: ${listed(BACKENDS)}`, 'backend'),
];

/** What the method prune takes. */
const pruningOptions = (): Option[] => {
  const of = (key: keyof RuleSettings) => {
    const { name, settings } = RULES.find((r) => r.settings[key] !== undefined)!;
    return `for ${name}; default ${settings[key]}`;
  };
  const names = listed(RULES.map((r) => r.name));
  return [
    textOption('--rule <name>', `which weights are kept: ${names} (default edge-popup; 'iterand methods')`),
    textOption('--refresh <name>', `what becomes of pruned weights: ${listed(REFRESH_NAMES)} (default none)`),
    textOption('--scope <name>', `over what --sparsity is taken: ${listed(SCOPE_NAMES)} (default layer)`),
    numberOption(
      '--ramp <epochs>',
      `first epochs, in which the pruned fraction rises (for --scope global; default ${RAMP})`,
    ),
    textOption('--pairing <name>', `who gets whose value in recycling: ${listed(PAIRINGS)} (default rank)`),
    textOption(
      '--refreshed-score <name>',
      `score of a refreshed weight: ${listed(REFRESHED_SCORES)} (default kept)`,
    ),
    new Option('--rescale', `weights times n / kept weights (${of('rescale')})`),
    textOption('--settle <name>', `mask of evaluations: ${listed(SETTLES)} (${of('settle')})`),
    numberOption('--sigma <deviation>', `noise of the masks (${of('sigma')})`),
    numberOption('--penalty <lambda>', `price of an open gate (${of('penalty')})`),
    numberOption('--gate <value>', `first value of every gate (${of('gate')})`),
  ];
};

/** How often a run saves where it stands. */
export const checkpointOptions = (): Option[] => [
  numberOption(
    '--checkpoint-epochs <number>',
    `epochs between checkpoints (default ${RUN_DEFAULTS.checkpointEpochs})`,
    { whole: true, least: 1 },
  ),
  numberOption(
    '--checkpoint-minutes <number>',
    `minutes between checkpoints (default ${RUN_DEFAULTS.checkpointMinutes})`,
    { least: 0, most: 1e6 },
  ),
];
