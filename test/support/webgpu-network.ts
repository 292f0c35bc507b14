import { NetworkBuilder } from '../../src/train/networks/builder.js';

const net = new NetworkBuilder('small', [3, 8, 8]);
net.conv('first', 8, { kernel: 3, padding: 1 });
net.batchNorm('norm');
net.relu('relu');
net.conv('second', 8, { kernel: 3, stride: 2, padding: 1 });
net.flatten('flat');
net.dense('head', 4);

/** A network of every kind of trained layer, small enough for a software adapter. */
export const network = net.build();
