"""Layers: values and gradients, of parameters and input, by torch.nn in double precision.

A case has the parameters in the order of `parameters(net)`, laid out as the layer has them. The gradients are those of
the sum of the result times a pattern of small numbers, so that a normalised result has one.
"""
import numpy as np
import torch
import torch.nn.functional as F

from tables import digits, literal


def probe(y):
    return ((torch.arange(y.numel(), dtype=torch.float64) * 7 % 5 - 2) / 4).reshape(y.shape)


def add_cases(table):
    def case(name, code, x, parameters, function, call="", differentiable=True):
        """function: (x, *parameters) to the result. `call`: further arguments of the call."""
        ps = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in parameters]
        given = torch.tensor(x, dtype=torch.float64, requires_grad=True) if differentiable else torch.tensor(x)
        y = function(given, *ps)
        wanted = ps + ([given] if differentiable else [])
        slopes = torch.autograd.grad((y * probe(y)).sum(), wanted, allow_unused=True) if wanted else []
        slopes = [torch.zeros_like(w) if s is None else s for s, w in zip(slopes, wanted)]

        def listed(parts):
            return "[" + "".join(f'\n  "{digits(part)}",' for part in parts).rstrip(",") + "]"
        extra = f", call: (net, x) -> net(x, {call})" if call else ""
        input_slope = digits(slopes[-1]) if differentiable else ""
        table.add(f'check_layer("{name}", {code}, {literal(np.asarray(x))},\n  {listed(parameters)},\n  "{digits(y)}",\n'
                  f'  {listed(slopes[:len(ps)])}, "{input_slope}"{extra})')

    n = table.numbers

    def small(*shape):
        return n(*shape, low=-1.0, high=1.0)

    # Dense layers and tables.
    case("Dense", "Dense(3, relu)", n(4, 5), [small(5, 3), small(3)], lambda x, w, b: F.relu(F.linear(x, w.T, b)))
    case("Dense of one", "Dense(2, tanh)", n(1, 3), [small(3, 2), small(2)], lambda x, w, b: torch.tanh(F.linear(x, w.T, b)))
    case("Dense sequence", "Dense(3, bias: false)", n(2, 3, 4), [small(4, 3)], lambda x, w: F.linear(x, w.T))
    ids = np.array([[1, 4, 1], [0, 2, 3]])
    case("Embedding", "Embedding(5, 3)", ids, [small(5, 3)], lambda x, t: F.embedding(x, t), differentiable=False)
    case("Flatten", "Flatten()", n(2, 3, 2), [], lambda x: torch.flatten(x, 1))
    case("Dropout in inference", "Dropout(0.5)", n(2, 3), [], lambda x: F.dropout(x, 0.5, training=False))
    case("Residual", "Residual(Dense(3, tanh))", n(2, 3), [small(3, 3), small(3)],
         lambda x, w, b: x + torch.tanh(F.linear(x, w.T, b)))
    case("Parallel", "Parallel([Dense(2), Dense(3, relu)])", n(3, 4), [small(4, 2), small(2), small(4, 3), small(3)],
         lambda x, v, a, w, b: torch.cat([F.linear(x, v.T, a), F.relu(F.linear(x, w.T, b))], -1))
    case("Parallel sum", "Parallel([Dense(2), identity], join: \"sum\")", n(3, 2), [small(2, 2), small(2)],
         lambda x, w, b: F.linear(x, w.T, b) + x)
    case("Tied", "tied()", ids, [small(5, 3), small(3, 3), small(3)],
         lambda x, t, w, b: F.linear(torch.tanh(F.linear(F.embedding(x, t), w.T, b)), t), differentiable=False)

    # Normalisation.
    case("LayerNorm", "LayerNorm()", n(3, 4), [small(4), small(4)], lambda x, s, b: F.layer_norm(x, (4,), s, b))
    case("RMSNorm", "RMSNorm()", n(3, 4), [small(4)], lambda x, s: F.rms_norm(x, (4,), s, eps=1e-5))
    case("GroupNorm", "GroupNorm(2)", n(2, 4, 2, 3), [small(4), small(4)], lambda x, s, b: F.group_norm(x, 2, s, b))

    def in_training(name, x, features):
        scale, shift = small(features), small(features)
        mean, variance = torch.zeros(features, dtype=torch.float64), torch.ones(features, dtype=torch.float64)
        case(name, "BatchNorm()", x, [scale, shift],
             lambda x, s, b: F.batch_norm(x, mean.clone(), variance.clone(), s, b, training=True), call="__training", differentiable=False)
        F.batch_norm(torch.tensor(x), mean, variance, training=True)
        after = F.batch_norm(torch.tensor(x), mean, variance, torch.tensor(scale), torch.tensor(shift))
        text = table.cases.pop().replace(", call: (net, x) -> net(x, __training)", "")
        table.add(text.replace("check_layer(", "check_training(")[:-1]
                  + f',\n  ["{digits(mean)}", "{digits(variance)}"], "{digits(after)}")')
    in_training("BatchNorm", n(5, 3), 3)
    in_training("BatchNorm of images", n(2, 3, 2, 2), 3)

    # Images: weights are [height, width, channels / groups, filters] here, [filters, channels / groups, ...] there.
    def conv(x, w, b, **options):
        return F.conv2d(x, w.permute(3, 2, 0, 1), b, **options)
    image = n(2, 2, 5, 4)
    case("Conv", "Conv(3, 3, relu)", image, [small(3, 3, 2, 3), small(3)], lambda x, w, b: F.relu(conv(x, w, b)))
    case("Conv same", "Conv(2, 3, padding: \"same\")", image, [small(3, 3, 2, 2), small(2)],
         lambda x, w, b: conv(x, w, b, padding="same"))
    case("Conv strides", "Conv(2, (3, 2), stride: (2, 1), padding: 1)", image, [small(3, 2, 2, 2), small(2)],
         lambda x, w, b: conv(x, w, b, stride=(2, 1), padding=1))
    case("Conv dilation", "Conv(2, 2, dilation: 2)", image, [small(2, 2, 2, 2), small(2)],
         lambda x, w, b: conv(x, w, b, dilation=2))
    case("Conv groups", "Conv(4, 3, groups: 2, bias: false)", image, [small(3, 3, 1, 4)],
         lambda x, w: conv(x, w, None, groups=2))
    case("ConvTranspose", "ConvTranspose(3, 2, stride: 2)", n(1, 2, 2, 3), [small(2, 2, 3, 2), small(3)],
         lambda x, w, b: F.conv_transpose2d(x, w.permute(3, 2, 0, 1), b, stride=2))
    case("MaxPool", "MaxPool(2)", n(2, 2, 4, 5), [], lambda x: F.max_pool2d(x, 2))
    case("AveragePool", "AveragePool(3, stride: 1, padding: 1)", n(1, 2, 4, 3), [],
         lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False))
    case("GlobalAveragePool", "GlobalAveragePool()", n(2, 3, 2, 2), [], lambda x: x.mean((2, 3)))
    case("GlobalMaxPool", "GlobalMaxPool()", n(2, 3, 2, 2), [], lambda x: x.amax((2, 3)))
    case("Upsample", "Upsample((2, 3))", n(1, 2, 2, 2), [], lambda x: F.interpolate(x, scale_factor=(2, 3)))

    # Sequences are [batch, time, features] here, [batch, features, time] there.
    def turned(function):
        return lambda x, *ps: function(x.transpose(1, 2), *ps).transpose(1, 2)
    steps = n(2, 5, 2)
    case("Conv1D", "Conv1D(3, 2)", steps, [small(2, 2, 3), small(3)],
         turned(lambda x, w, b: F.conv1d(x, w.permute(2, 1, 0), b)))
    case("Conv1D causal", "Conv1D(3, 3, padding: \"causal\")", steps, [small(3, 2, 3), small(3)],
         turned(lambda x, w, b: F.conv1d(F.pad(x, (2, 0)), w.permute(2, 1, 0), b)))
    case("Conv1D one step", "Conv1D(2, 1)", n(2, 1, 2), [small(1, 2, 2), small(2)],
         turned(lambda x, w, b: F.conv1d(x, w.permute(2, 1, 0), b)))
    case("MaxPool1D", "MaxPool1D(2)", steps, [], turned(lambda x: F.max_pool1d(x, 2)))
    case("AveragePool1D", "AveragePool1D(2, stride: 1)", steps, [], turned(lambda x: F.avg_pool1d(x, 2, 1)))
    case("GlobalAveragePool of sequences", "GlobalAveragePool()", steps, [], lambda x: x.mean(1))
    case("GlobalMaxPool of sequences", "GlobalMaxPool()", steps, [], lambda x: x.amax(1))

    # Recurrent layers. PyTorch's second offset is 0, but for that of the GRU's candidate.
    def recurrent(kind, units, layers):
        """`layers`: for each layer and direction the number of its parameters here. Gives a function of the parameters."""
        def run(x, ps, state=None, lengths=None, bidirectional=False):
            module = kind(x.shape[-1], units, num_layers=len(layers) // (1 + bidirectional), batch_first=True,
                          bidirectional=bidirectional).double()
            named, at = {}, 0
            for number, count in enumerate(layers):
                end = f"l{number // 2}_reverse" if bidirectional and number % 2 else \
                    f"l{number // 2 if bidirectional else number}"
                kernel, again, offset = ps[at:at + 3]
                second = torch.zeros_like(offset)
                if count == 4:
                    second = torch.cat([second[:2 * units], ps[at + 3]])
                named |= {f"weight_ih_{end}": kernel.T, f"weight_hh_{end}": again.T, f"bias_ih_{end}": offset,
                          f"bias_hh_{end}": second}
                at += count
            if lengths is not None:
                packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
                y, last = torch.func.functional_call(module, named, (packed,))
                return torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])[0], last
            return torch.func.functional_call(module, named, (x, state) if state is not None else (x,))
        return run

    def weights(features, units, gates):
        own = [small(features, gates * units), small(units, gates * units), small(gates * units)]
        return own + [small(units)] if gates == 3 else own
    kinds = [("RNN", torch.nn.RNN, 1), ("GRU", torch.nn.GRU, 3), ("LSTM", torch.nn.LSTM, 4)]
    for name, kind, gates in kinds:
        ps = weights(2, 2, gates)
        x = n(3, 4, 2)
        net = recurrent(kind, 2, [len(ps)])
        case(name, f"{name}(2)", x, ps, lambda x, *ps: net(x, ps)[0][:, -1])
        case(f"{name} sequence", f"{name}(2, sequence: true)", x, ps, lambda x, *ps: net(x, ps)[0])
        case(f"{name} one step", f"{name}(2)", x[:1, :1], ps, lambda x, *ps: net(x, ps)[0][:, -1])
        state, cell = small(3, 2), small(3, 2)
        begin = torch.tensor(state)[None] if gates < 4 else (torch.tensor(state)[None], torch.tensor(cell)[None])
        given = literal(state) if gates < 4 else f"({literal(state)}, {literal(cell)})"
        case(f"{name} given state", f"{name}(2)", x, ps, lambda x, *ps: net(x, ps, state=begin)[0][:, -1],
             call=f"state: {given}")
        mask = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 0, 0, 0]], dtype=bool)
        case(f"{name} masked", f"{name}(2, sequence: true)", x, ps,
             lambda x, *ps: net(x, ps, lengths=[4, 3, 1])[0], call=f"mask: {literal(mask)}")
        both = recurrent(kind, 2, [len(ps), len(ps)])
        case(f"Bidirectional {name}", f"Bidirectional({name}(2, sequence: true), {name}(2, sequence: true, reverse: true))",
             x, ps + weights(2, 2, gates), lambda x, *ps: both(x, ps, bidirectional=True)[0])
        case(f"Stacked {name}", f"Stacked([{name}(2, sequence: true), {name}(2, sequence: true)])", x,
             ps + weights(2, 2, gates), lambda x, *ps: both(x, ps, lengths=[4, 3, 1])[0], call=f"mask: {literal(mask)}")

    # Attention.
    def attention(x, w, b, v, c, context=None, **options):
        context = x if context is None else context
        turn = [y.transpose(0, 1) for y in (x, context, context)]
        y, _ = F.multi_head_attention_forward(
            *turn, x.shape[-1], 2, w.T, b, None, None, False, 0.0, v.T, c, training=False, need_weights=False, **options)
        return y.transpose(0, 1)
    x = n(2, 3, 4)
    heads = [small(4, 12), small(12), small(4, 4), small(4)]
    later = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1)
    case("MultiHeadAttention", "MultiHeadAttention(2)", x, heads, attention)
    case("MultiHeadAttention causal", "MultiHeadAttention(2, causal: true)", x, heads,
         lambda *a: attention(*a, attn_mask=later))
    case("MultiHeadAttention one step", "MultiHeadAttention(2)", x[:1, :1], heads, attention)
    context = n(2, 2, 4)
    case("MultiHeadAttention context", "MultiHeadAttention(2)", x, heads,
         lambda *a: attention(*a, context=torch.tensor(context)), call=f"context: {literal(context)}")
    present = np.array([[True, True, True], [True, False, False]])
    case("MultiHeadAttention padding", "MultiHeadAttention(2)", x, heads,
         lambda *a: attention(*a, key_padding_mask=torch.tensor(~present)), call=f"present: {literal(present)}")
    case("LearnedPositions", "LearnedPositions(5)", x, [small(5, 4)], lambda x, t: x + t[:3])
    case("FeedForward", "FeedForward(3)", x, [small(4, 3), small(3), small(3, 4), small(4)],
         lambda x, w, b, v, c: F.linear(F.relu(F.linear(x, w.T, b)), v.T, c))
    block = heads + [small(4, 3), small(3), small(3, 4), small(4)] + [small(4) for _ in range(4)]

    def encoder(x, w, b, v, c, w1, b1, w2, b2, s1, t1, s2, t2):
        module = torch.nn.TransformerEncoderLayer(
            4, 2, 3, 0.0, F.gelu, norm_first=True, batch_first=True, dtype=torch.float64)
        named = {"self_attn.in_proj_weight": w.T, "self_attn.in_proj_bias": b, "self_attn.out_proj.weight": v.T,
                 "self_attn.out_proj.bias": c, "linear1.weight": w1.T, "linear1.bias": b1, "linear2.weight": w2.T,
                 "linear2.bias": b2, "norm1.weight": s1, "norm1.bias": t1, "norm2.weight": s2, "norm2.bias": t2}
        return torch.func.functional_call(module, named, (x,))
    case("EncoderBlock", "EncoderBlock(2, 3)", x, block, encoder)

    def decoder(x, *ps):
        module = torch.nn.TransformerDecoderLayer(
            4, 2, 3, 0.0, F.gelu, norm_first=True, batch_first=True, dtype=torch.float64)
        names = ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
        keys = [f"self_attn.{k}" for k in names] + [f"multihead_attn.{k}" for k in names]
        keys += ["linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"]
        keys += [f"norm{i}.{k}" for i in (1, 2, 3) for k in ("weight", "bias")]
        named = {k: p.T if p.ndim == 2 else p for k, p in zip(keys, ps)}
        return torch.func.functional_call(module, named, (x, torch.tensor(context)), {"tgt_mask": later, "tgt_is_causal": True})
    case("DecoderBlock", "DecoderBlock(2, 3)", x, heads + [small(4, 12), small(12), small(4, 4), small(4)] + block[4:8]
         + [small(4) for _ in range(6)], decoder, call=f"{literal(context)}")
