import { html } from '../page/html.js';
import type { FigureNumber, PaperFigure } from './figure.js';

const IMAGES = html`Trained on JPEG-compressed copies of the images where a run’s data are named ‘CIFAR-10 (JPEG copies)’: accuracies are a little below those on the original bytes.`;
const NO_NUMBERS = html`The paper shows its results as plots and prints no accuracy as a number, so none stands beside ours.`;

/** The paper's figures by number; `docs/extending.md` says how to add one. */
export const paperFigures: Readonly<Record<FigureNumber, PaperFigure>> = {
  1: {
    number: '1',
    title: 'Figure 1: how many pruned weights should a randomization draw anew?',
    sweeps: { paper: ['figure1', 'figure1-narrow'], smoke: ['figure1'] },
    metric: 'validation',
    by: ['method', 'rate'],
    pairs: [
      ['r = 0.1', 'r = 0'],
      ['r = 0.1', 'r = 0.01'],
      ['r = 0.1', 'r = 1'],
    ],
    axis: 'curve',
    says: html`The paper (Chijiwa et al. 2021, Figure 1): ‘r = 0.1 achieves better mean accuracy for every CNNs’, of r in {0, 0.01, 0.1, 1} on Conv6, ResNet-18 and ResNet-34, by validation accuracy on CIFAR-10.`,
    notes: [
      html`r = 0 never randomizes, which is edge-popup (Section 3); it is run as that. A network of width 0.25 is narrower than the paper’s, whose width is 1.`,
      IMAGES,
      NO_NUMBERS,
    ],
  },
  2: {
    number: '2',
    title: 'Figure 2: accuracy over the width of the network',
    sweeps: { paper: ['figure2'], smoke: ['figure2'] },
    metric: 'test',
    by: ['method', 'param'],
    pairs: [
      ['IteRand (KU)', 'edge-popup (KU)'],
      ['IteRand (SC)', 'edge-popup (SC)'],
    ],
    axis: 'width',
    says: html`The paper (Chijiwa et al. 2021, Section 5.1, Figure 2): IteRand ‘outperforms the baseline method for various widths. The difference in accuracy is large both when the width is small (ρ ≤ 0.5), and when D<sub>param</sub> is the KU distribution where edge-popup struggles.’`,
    notes: [IMAGES, NO_NUMBERS],
  },
  3: {
    number: '3',
    title: 'Figure 3: parameters and accuracy on ImageNet',
    sweeps: { paper: ['figure3a', 'figure3b'], smoke: ['figure3a', 'figure3b'] },
    metric: 'test',
    by: ['method', 'param'],
    pairs: [['IteRand (SC)', 'edge-popup (SC)']],
    axis: 'parameters',
    says: html`The paper (Chijiwa et al. 2021, Section 5.2, Figure 3): the effect ‘is significant in ImageNet especially when the complexity is limited such as ResNet34’, and IteRand ‘outperforms edge-popup from early epochs’.`,
    notes: [NO_NUMBERS],
  },
};
