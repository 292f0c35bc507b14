"""The PyTorch peer of bench/train-step.ts and bench/gpu: the edge-popup training step on the CPU or a CUDA device.

One process is one network in one memory layout. It prints one JSON line when ready; for every line `N` on its
standard input it runs N steps and prints {"seconds", "cpu_seconds", "loss", "peak_bytes"}. With --compile the
forward and backward pass go through torch.compile; with --tf32 products and convolutions may use TF32.

The step: mask = score >= k-th smallest score of the layer, k = 1 + round(p (n - 1)); forward with weight * mask;
cross-entropy; backward with the straight-through gradient d loss / d score = d loss / d (weight * mask) * weight;
SGD with momentum 0.9 and weight decay on the scores. Batch norm is non-affine; biases are zero and are left out.
"""

import argparse
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Mask(torch.autograd.Function):
    """1 where the score reaches the threshold; its gradient passes straight through."""

    @staticmethod
    def forward(ctx, score, threshold):
        return (score >= threshold).to(score.dtype)

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


class Prunable:
    """A layer's fixed weights, trained scores and pruned fraction."""

    def make(self, shape, sparsity):
        fan_in = 1
        for size in shape[1:]:
            fan_in *= size
        bound = (6 / fan_in) ** 0.5
        self.register_buffer("weight", torch.empty(shape).uniform_(-bound, bound))
        self.score = nn.Parameter(torch.empty(shape).uniform_(-bound, bound))
        self.k = 1 + round(sparsity * (self.score.numel() - 1))

    def pruned(self):
        score = self.score.detach()
        # A view in memory order: the k-th smallest does not depend on the order, and nothing is copied.
        flat = score.permute(0, 2, 3, 1) if score.dim() == 4 and not score.is_contiguous() else score
        threshold = torch.kthvalue(flat.reshape(-1), self.k).values
        return self.weight * Mask.apply(self.score, threshold)


class Conv(nn.Module, Prunable):
    def __init__(self, inputs, outputs, kernel, stride, sparsity):
        super().__init__()
        self.stride, self.padding = stride, kernel // 2
        self.make((outputs, inputs, kernel, kernel), sparsity)

    def forward(self, x):
        return F.conv2d(x, self.pruned(), None, self.stride, self.padding)


class Dense(nn.Module, Prunable):
    def __init__(self, inputs, outputs, sparsity):
        super().__init__()
        self.make((outputs, inputs), sparsity)

    def forward(self, x):
        return F.linear(x, self.pruned())


def norm(channels):
    return nn.BatchNorm2d(channels, affine=False)


class Block(nn.Module):
    """ResNet's basic block."""

    def __init__(self, inputs, outputs, stride, p):
        super().__init__()
        self.conv1, self.norm1 = Conv(inputs, outputs, 3, stride, p), norm(outputs)
        self.conv2, self.norm2 = Conv(outputs, outputs, 3, 1, p), norm(outputs)
        same = stride == 1 and inputs == outputs
        self.shortcut = None if same else nn.Sequential(Conv(inputs, outputs, 1, stride, p), norm(outputs))

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)), inplace=True)
        y = self.norm2(self.conv2(y))
        y += x if self.shortcut is None else self.shortcut(x)
        return F.relu(y, inplace=True)


def conv6(width, p):
    channels = [int(c * width) for c in (64, 64, 128, 128, 256, 256)]
    layers, last = [], 3
    for i, c in enumerate(channels):
        layers += [Conv(last, c, 3, 1, p), nn.ReLU(inplace=True)]
        if i % 2 == 1:
            layers.append(nn.MaxPool2d(2))
        last = c
    hidden = int(256 * width)
    layers += [nn.Flatten(), Dense(last * 16, hidden, p), nn.ReLU(inplace=True)]
    layers += [Dense(hidden, hidden, p), nn.ReLU(inplace=True), Dense(hidden, 10, p)]
    return nn.Sequential(*layers)


def resnet(blocks):
    def make(width, p):
        layers, last = [Conv(3, 64, 3, 1, p), norm(64), nn.ReLU(inplace=True)], 64
        for stage, count in enumerate(blocks):
            c = int(64 * 2**stage * width)
            for block in range(count):
                layers.append(Block(last, c, 2 if stage > 0 and block == 0 else 1, p))
                last = c
        return nn.Sequential(*layers, nn.AvgPool2d(4), nn.Flatten(), Dense(last, 10, p))

    return make


NETWORKS = {
    "conv6": (conv6, 0.5, 1e-4),
    "resnet18": (resnet((2, 2, 2, 2)), 0.6, 5e-4),
    "resnet34": (resnet((3, 4, 6, 3)), 0.6, 5e-4),
}



def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=sorted(NETWORKS), required=True)
    parser.add_argument("--width", type=float, required=True)
    parser.add_argument("--layout", choices=["contiguous", "channels_last"], required=True)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--tf32", action="store_true")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    build, sparsity, decay = NETWORKS[options.network]
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.tf32
    torch.backends.cudnn.benchmark = True
    layout = torch.contiguous_format if options.layout == "contiguous" else torch.channels_last
    model = build(options.width, sparsity).to(options.device, memory_format=layout)
    forward = torch.compile(model) if options.compile else model
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=decay)
    x = torch.randn(options.batch, 3, 32, 32).to(options.device, memory_format=layout)
    y = torch.randint(10, (options.batch,)).to(options.device)

    # PyTorch 1 does not tell which vector instructions it uses.
    told = getattr(torch.backends, "cpu", None)
    capability = told.get_cpu_capability() if told else "unknown"
    print(json.dumps({"torch": torch.__version__, "capability": capability}), flush=True)
    for line in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        for _ in range(int(line)):
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(forward(x), y)
            loss.backward()
            optimizer.step()
        value = loss.item()
        seconds = time.perf_counter() - start
        measured = {
            "seconds": seconds,
            "cpu_seconds": time.process_time() - cpu,
            "loss": value,
            "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
        print(json.dumps(measured), flush=True)


main()
