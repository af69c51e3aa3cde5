// Written by .ci/embed-stdlib from stdlib/. Do not edit.
extension StandardLibrary {
  /// Every file of stdlib/, ordered by name.
  public static let files: [File] = [
    File(
      name: "stdlib/activations.mdl",
      source: ###"""
## Activation functions: elementwise, any shape to the same shape, unless said otherwise.

## The value itself.
fn identity(x) = x

## max(x, 0); the derivative at 0 is 0.
## Nair, Hinton: Rectified linear units improve restricted Boltzmann machines, 2010.
fn relu(x) = where(x <= 0, 0, x)

## x where positive, slope * x elsewhere.
## Maas, Hannun, Ng: Rectifier nonlinearities improve neural network acoustic models, 2013.
fn leaky_relu(x, slope = 0.01) = where(x > 0, x, slope * x)

## x where positive, scale * (exp(x) - 1) elsewhere.
## Clevert, Unterthiner, Hochreiter: Fast and accurate deep network learning by ELUs, 2016.
fn elu(x, scale = 1.0) = where(x > 0, x, scale * expm1(where(x > 0, 0, x)))

## An elu scaled so that activations keep mean 0 and variance 1 through many layers.
## Klambauer and others: Self-normalizing neural networks, 2017.
fn selu(x) = 1.0507009873554805 * elu(x, scale: 1.6732632423543772)

## x times the chance that a standard normal number is below x: x * (1 + erf(x / sqrt(2))) / 2.
## Hendrycks, Gimpel: Gaussian error linear units, 2016.
fn gelu(x) = 0.5 * x * (1 + erf(x * 0.7071067811865476))

## x * sigmoid(x), also called swish.
## Elfwing, Uchibe, Doya: Sigmoid-weighted linear units, 2018.
fn silu(x) = x * sigmoid(x)

## log(1 + exp(x)): a smooth relu. It does not overflow, and its derivative is sigmoid(x) everywhere.
fn softplus(x) = where(x > 0, x, 0) + log1p(exp(where(x > 0, -x, x)))

## x / (1 + |x|): a tanh with slower tails.
fn softsign(x) = x / (1 + abs(x))

## x * tanh(softplus(x)).
## Misra: Mish, a self regularized non-monotonic activation function, 2020.
fn mish(x) = x * tanh(softplus(x))

## 0 below -3, 1 above 3, a straight line between: a sigmoid without exp.
fn hard_sigmoid(x) = clamp(x / 6 + 0.5, 0, 1)

## log(sigmoid(x)), exact where sigmoid(x) would be 0.
fn log_sigmoid(x) = -softplus(-x)

## log(sum(exp(x))) over `axis`, without overflow.
fn log_sum_exp(x, axis = -1, keep = false) {
  let top = stop_gradient(max(x, axis: axis, keep: true))
  let shift = where(is_finite(top), top, 0)
  let total = shift + log(sum(exp(x - shift), axis: axis, keep: true))
  if keep { total } else { squeeze(total, axis) }
}

## Probabilities from logits along `axis`: exp(x) / sum(exp(x)). The result is marked as probabilities.
fn softmax(x, axis = -1) {
  let e = exp(x - stop_gradient(max(x, axis: axis, keep: true)))
  as_probabilities(e / sum(e, axis: axis, keep: true))
}

## log(softmax(x)), exact where softmax(x) would be 0.
fn log_softmax(x, axis = -1) {
  let shifted = x - stop_gradient(max(x, axis: axis, keep: true))
  shifted - log(sum(exp(shifted), axis: axis, keep: true))
}

"""###,
      names: ["identity", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "softsign", "mish", "hard_sigmoid", "log_sigmoid", "log_sum_exp", "softmax", "log_softmax"]),
    File(
      name: "stdlib/attention.mdl",
      source: ###"""
## Attention and transformers. Sequences are [batch, time, features].

## Which keys each query may look at: those up to its own place. True where it may, [time, keys].
##
## With more keys than queries, the queries are the last ones of the sequence.
## Example: causal_mask(2) is [[true, false], [true, true]].
fn causal_mask(time, keys = none) {
  let keys = if keys == none { time } else { keys }
  expand(arange(time)[:, none], (time, keys)) + (keys - time) >= arange(keys)
}

## Each query's mean of the values, weighted by how well its key fits: softmax(q @ transpose(k) / sqrt(size)) @ v.
##
## q: [..., time, size], k: [..., keys, size], v: [..., keys, width]; the result is [..., time, width]. `mask` is true
## where a query may look at a key: [..., time, keys], dimensions of 1 are stretched; each query needs one key at least.
## With `causal`, a query looks at the keys up to its own place. Values that no query looks at have to be finite, too:
## their weight is 0, and 0 * NaN is NaN.
## Vaswani and others: Attention is all you need, 2017.
fn attention(q, k, v, mask = none, causal = false) {
  let scores = q @ transpose(k) / sqrt(shape(q)[-1])
  let seen = if causal { where(causal_mask(shape(q)[-2], shape(k)[-2]), scores, -infinity) } else { scores }
  softmax(if mask == none { seen } else { where(mask, seen, -infinity) }) @ v
}

# Keys or values [batch, heads, room, size] with those of some more places, [batch, heads, time, size], from `place` on.
fn _remembered(old: [batch, heads, room, size], new, place) {
  let time = shape(new)[2]
  let slot = arange(room) - place
  let here = expand((slot >= 0 and slot < time)[:, none], (room, size))
  where(here, take(new, clamp(slot, 0, time - 1), axis: 2), old)
}

# [batch, time, features] to [batch, heads, time, features / heads], and back.
fn _split_heads(x: [batch, time, features], heads) =
  transpose(reshape(x, (batch, time, heads, features // heads)), (0, 2, 1, 3))

fn _join_heads(x: [batch, heads, time, size]) =
  reshape(transpose(x, (0, 2, 1, 3)), (batch, time, heads * size))

## Attention with several sets of queries, keys and values, each on a part of the features.
##
## x: [batch, time, features]; heads divides the features. The queries come from x, keys and values from `context`
## [batch, keys, features] (cross-attention), or from x where there is none. `present` [batch, keys] is true where the
## sequence has an element and false where it was padded; `mask` [time, keys] or [batch, heads, time, keys] is true
## where a query may look. With `causal`, no query looks ahead. `positions: rotary` turns queries and keys by their
## places. The columns of `weight` are those of queries, keys and values, each head after head.
##
## `net.step(x, memory, place)` reads on in a sequence: x stands at the places from `place` on, and looks at itself and
## at what `memory` {keys, values}, each [batch, heads, room, size], holds of the places before. It gives (result,
## memory). Vaswani and others: Attention is all you need, 2017.
layer MultiHeadAttention(heads, causal = false, positions = none, start = glorot_uniform) {
  require_count("MultiHeadAttention's heads", heads)
  fn own(features) {
    param weight: [features, 3 * features] = start
    param offset: [3 * features] = zeros
    param out_weight: [features, features] = start
    param out_offset: [features] = zeros
    (weight, offset, out_weight, out_offset)
  }
  fn step(x: [batch, time, features], memory, place) {
    let (weight, offset, out_weight, out_offset) = own(features)
    let (q, k, v) = map(parts(x @ weight + offset, 3), each -> _split_heads(each, heads))
    let (q, k) = if positions == none { (q, k) } else { (positions(q, place: place), positions(k, place: place)) }
    let (keys, values) = (_remembered(memory.keys, k, place), _remembered(memory.values, v, place))
    let room = shape(keys)[2]
    let seen = arange(room) <= expand((place + arange(time))[:, none], (time, room))
    (_join_heads(attention(q, keys, values, mask: seen)) @ out_weight + out_offset, { keys: keys, values: values })
  }
  call(x: [batch, time, features], context = none, present = none, mask = none) -> [batch, time, features] {
    if features % heads != 0 {
      error("MultiHeadAttention divides the features among the heads, and got {features} features for {heads} heads")
    }
    let (weight, offset, out_weight, out_offset) = own(features)
    let (q, k, v) = if context == none {
      parts(x @ weight + offset, 3)
    } else {
      let (k, v) = parts(context @ weight[:, features:] + offset[features:], 2)
      (x @ weight[:, :features] + offset[:features], k, v)
    }
    let (q, k, v) = (_split_heads(q, heads), _split_heads(k, heads), _split_heads(v, heads))
    let (q, k) = if positions == none { (q, k) } else { (positions(q), positions(k)) }
    let allowed = if present == none { mask } else if mask == none {
      present[:, none, none, :]
    } else {
      present[:, none, none, :] and mask
    }
    _join_heads(attention(q, k, v, mask: allowed, causal: causal)) @ out_weight + out_offset
  }
}

## A learned vector for each place, added to the sequence: [batch, time, features], time at most `length`.
## Vaswani and others: Attention is all you need, 2017; Gehring and others: Convolutional sequence to sequence learning.
layer LearnedPositions(length, start = (a, b) -> 0.02 * normal(a, b)) {
  require_count("LearnedPositions's length", length)
  call(x: [batch, time, features]) -> [batch, time, features] {
    if time > length {
      error("LearnedPositions has a vector for each of {length} places, and got a sequence of {time}")
    }
    param table: [length, features] = start
    x + table[:time]
  }
}

## Waves that tell places apart: [time, features].
##
## Column 2i is sin(place / 10000^(2i / features)), column 2i + 1 the cosine.
## Vaswani and others: Attention is all you need, 2017.
fn sinusoids(time, features) {
  let column = arange(features)
  let angle = outer(f32(arange(time)), 10000.0 ^ (-f32(column - column % 2) / features))
  where(column % 2 == 0, sin(angle), cos(angle))
}

## The sinusoids of each place, added to the sequence.
layer SinusoidalPositions() {
  call(x: [batch, time, features]) -> [batch, time, features] = x + sinusoids(time, features)
}

## Pairs of features turned by an angle that grows with the place, so that the product of a query and a key depends on
## how far apart they are: [..., time, size] to the same, size even.
##
## Feature i and feature i + size / 2 are turned by place / base^(2i / size); the first place is `place`.
## Su and others: RoFormer: enhanced transformer with rotary position embedding, 2021.
fn rotary(x, base = 10000.0, place = 0) {
  let (time, size) = (shape(x)[-2], shape(x)[-1])
  if size % 2 != 0 { error("rotary turns pairs of features, and got {size} of them") }
  let angle = outer(f32(place + arange(time)), base ^ (-f32(2 * arange(size // 2)) / size))
  let (a, b) = parts(x, 2)
  concat([a * cos(angle) - b * sin(angle), a * sin(angle) + b * cos(angle)], axis: -1)
}

## Two dense layers applied to each place by itself: [..., features] to [..., features], `units` in between.
## Vaswani and others: Attention is all you need, 2017.
layer FeedForward(units, activation = relu, dropout = 0.0, start = glorot_uniform) {
  require_count("FeedForward's units", units)
  require_function("FeedForward's activation", activation)
  let drop = Dropout(dropout)
  call(x: [..., features]) -> [..., features] {
    param up_weight: [features, units] = start
    param up_offset: [units] = zeros
    param down_weight: [units, features] = start
    param down_offset: [features] = zeros
    drop(activation(x @ up_weight + up_offset)) @ down_weight + down_offset
  }
}

## A block of a transformer encoder: attention and a feed-forward part, each normalised before and added to its input.
##
## x: [batch, time, features]; `present` [batch, time] is true where the sequence is not padding. With `causal: true` it
## is the block of a GPT. The arrangement is that of Xiong and others: On layer normalization in the transformer
## architecture, 2020.
layer EncoderBlock(heads, units, causal = false, activation = gelu, dropout = 0.0, positions = none,
  start = glorot_uniform) {
  let attend = MultiHeadAttention(heads, causal: causal, positions: positions, start: start)
  let forward = FeedForward(units, activation, dropout: dropout, start: start)
  let (attend_norm, forward_norm) = (LayerNorm(), LayerNorm())
  let drop = Dropout(dropout)
  call(x: [batch, time, features], present = none, mask = none) -> [batch, time, features] {
    let x = x + drop(attend(attend_norm(x), present: present, mask: mask))
    x + drop(forward(forward_norm(x)))
  }
  fn step(x, memory, place) {
    let (y, memory) = attend.step(attend_norm(x), memory, place)
    let x = x + y
    (x + forward(forward_norm(x)), memory)
  }
}

## A block of a transformer decoder: causal attention to itself, attention to an encoder's result, a feed-forward part.
##
## x: [batch, time, features], context: [batch, keys, features]; `present` [batch, keys] is true where the context is
## not padding. Vaswani and others: Attention is all you need, 2017, normalised before each part.
layer DecoderBlock(heads, units, activation = gelu, dropout = 0.0, start = glorot_uniform) {
  let attend = MultiHeadAttention(heads, causal: true, start: start)
  let look = MultiHeadAttention(heads, start: start)
  let forward = FeedForward(units, activation, dropout: dropout, start: start)
  let (attend_norm, look_norm, forward_norm) = (LayerNorm(), LayerNorm(), LayerNorm())
  let drop = Dropout(dropout)
  call(x: [batch, time, features], context, present = none) -> [batch, time, features] {
    let x = x + drop(attend(attend_norm(x)))
    let x = x + drop(look(look_norm(x), context: context, present: present))
    x + drop(forward(forward_norm(x)))
  }
}

## `blocks` encoder blocks one after another and a last normalisation.
##
## `net.step(x, memory, place)` reads on, as in `MultiHeadAttention`; `memory` is a list of what each block remembers.
layer TransformerEncoder(blocks, heads, units, causal = false, activation = gelu, dropout = 0.0, positions = none,
  start = glorot_uniform) {
  require_count("TransformerEncoder's blocks", blocks)
  let chain = map(0..<blocks, i -> EncoderBlock(heads, units,
    causal: causal, activation: activation, dropout: dropout, positions: positions, start: start))
  let norm = LayerNorm()
  call(x: [batch, time, features], present = none, mask = none) -> [batch, time, features] {
    var y = x
    for block in chain { y = block(y, present: present, mask: mask) }
    norm(y)
  }
  fn step(x, memory, place) {
    var (y, kept) = (x, [])
    for (block, old) in zip(chain, memory) {
      let (next, new) = block.step(y, old, place)
      y = next
      kept = append(kept, new)
    }
    (norm(y), kept)
  }
}

## `blocks` decoder blocks one after another and a last normalisation; each looks at the same context.
layer TransformerDecoder(blocks, heads, units, activation = gelu, dropout = 0.0, start = glorot_uniform) {
  require_count("TransformerDecoder's blocks", blocks)
  let chain = map(0..<blocks, i -> DecoderBlock(heads, units,
    activation: activation, dropout: dropout, start: start))
  let norm = LayerNorm()
  call(x: [batch, time, features], context, present = none) -> [batch, time, features] {
    var y = x
    for block in chain { y = block(y, context, present: present) }
    norm(y)
  }
}

"""###,
      names: ["causal_mask", "attention", "MultiHeadAttention", "LearnedPositions", "sinusoids", "SinusoidalPositions", "rotary", "FeedForward", "EncoderBlock", "DecoderBlock", "TransformerEncoder", "TransformerDecoder"]),
    File(
      name: "stdlib/averaging.mdl",
      source: ###"""
## Averages of a model's weights over the steps of its training: they are steadier than the last ones.

## An exponential moving average of the weights: decay * average + (1 - decay) * weights(net).
##
## Begin with `var average = weights(net)`, call it after each step, and use it in a copy: `let smooth = copy(net)`,
## `assign(smooth, average)`. Polyak, Juditsky: Acceleration of stochastic approximation by averaging, 1992.
fn moved_average(average, net, decay = 0.999) = decay * average + (1 - decay) * weights(net)

## An optimizer that also keeps the moving average of the weights, which `averages(net, opt)` gives: `adam() |>
## averaged()`.
##
## average = d * average + (1 - d) * p after each step, d = min(decay, (1 + t) / (10 + t)), so that the start is soon
## forgotten (as TensorFlow's ExponentialMovingAverage). In `train` it is `average: 0.999`.
fn averaged(opt, decay = 0.999) {
  if decay < 0 or decay >= 1 { error("averaged: the decay is {decay}, and it is from 0 to below 1") }
  optimizer {
    rate: opt.rate
    groups: opt.groups
    start: p -> { inner: opt.start(p), average: p }
    step: (p, g, s, t) -> {
      let (next, inner) = opt.step(p, g, s.inner, t)
      let d = minimum(decay, (1 + t) / (10 + t))
      (next, { inner: inner, average: d * s.average + (1 - d) * next })
    }
  }
}

## The averages of a model's weights that an optimizer made by `averaged` keeps, as a tree: `assign(copy, averages(net,
## opt))`.
fn averages(net, opt) = optimizer_states(net, opt, s -> s.average)

"""###,
      names: ["moved_average", "averaged", "averages"]),
    File(
      name: "stdlib/baselines.mdl",
      source: ###"""
## Baselines that a network should beat: naive Bayes and logistic regression.
##
## x: [examples, features], y: class ids [examples]. Each gives a record; its `predict` is a function of new rows that
## gives probabilities [examples, classes]. A class from 0 on that has no examples is an error.

fn _class_count(name, y, classes) {
  let k = if classes == none { int(max(y)) + 1 } else { classes }
  let count = count_ids(y, k)
  if not all(count > 0) { error("{name}: class {int(argmin(count))} has no examples", help: "class ids count from 0") }
  k
}

## Bayes' rule with one normal distribution for each feature in each class: {prior, mean, variance, predict}.
##
## `smoothing` times the largest variance of a feature is added to all variances. scikit-learn's GaussianNB.
fn gaussian_naive_bayes(x, y, classes = none, smoothing = 1e-9) {
  let k = _class_count("gaussian_naive_bayes", y, classes)
  require_finite("gaussian_naive_bayes: x", x)
  let x = f64(x)
  let count = f64(count_ids(y, k))
  let mean = scatter_add(x, y, k) / count[:, none]
  let spread = scatter_add((x - take(mean, y)) ^ 2, y, k) / count[:, none]
  let all = spread + smoothing * max(variance(x, axis: 0, correction: 0))
  let prior = count / rows(x)
  let log_joint = x -> {
    let x = f64(x)
    let each = class ->
      log(prior[class]) - 0.5 * sum(log(2 * pi * all[class]) + (x - mean[class]) ^ 2 / all[class], axis: 1)
    stack(map(0..<k, each), axis: 1)
  }
  { prior: prior, mean: mean, variance: all, predict: x -> softmax(log_joint(x)) }
}

## Bayes' rule for counts (words of a text): {log_prior, log_p, predict}.
##
## The chance of feature j in a class is (its count + smoothing) / (all counts + smoothing * features).
## y: ids [examples] or, where a label is not certain, probabilities [examples, classes].
## scikit-learn's MultinomialNB. McCallum, Nigam: A comparison of event models for naive Bayes text classification,
## 1998.
fn multinomial_naive_bayes(x, y, classes = none, smoothing = 1.0) {
  let x = f64(x)
  require(smoothing > 0, "multinomial_naive_bayes: smoothing is {smoothing}, and it is above 0",
    help: "a word that a class never had would make every text with it impossible; 1e-10 is next to none")
  if not all(x >= 0) { error("multinomial_naive_bayes takes counts, and x holds a number below 0 or NaN") }
  let shares = if rank(y) == 2 {
    f64(y)
  } else {
    f64(indicators(y, _class_count("multinomial_naive_bayes", y, classes)))
  }
  let counts = transpose(shares) @ x + smoothing
  let log_p = log(counts / sum(counts, axis: 1, keep: true))
  let log_prior = log(sum(shares, axis: 0) / rows(x))
  { log_prior: log_prior, log_p: log_p, predict: x -> softmax(f64(x) @ transpose(log_p) + log_prior) }
}

## Naive Bayes where most labels are missing, by expectation-maximisation: as `multinomial_naive_bayes`, with `steps`.
##
## Each step guesses the labels of `unlabelled` (the expectation) and fits to all rows, the guesses as probabilities
## (the maximisation), until no guess moves by more than `tolerance`.
## Nigam, McCallum, Thrun, Mitchell: Text classification from labeled and unlabeled documents using EM, 2000.
fn naive_bayes_with_missing_labels(x, y, unlabelled, classes = none, smoothing = 1.0, steps = 50, tolerance = 1e-4) {
  let k = _class_count("naive_bayes_with_missing_labels", y, classes)
  let all = concat([f64(x), f64(unlabelled)])
  var model = multinomial_naive_bayes(x, y, classes: k, smoothing: smoothing)
  var guess = model.predict(unlabelled)
  var taken = 0
  for step in 1...steps {
    model = multinomial_naive_bayes(all, concat([f64(indicators(y, k)), 1 * guess]), smoothing: smoothing)
    let next = model.predict(unlabelled)
    let moved = float(max(abs(next - guess)))
    guess = next
    taken = step
    if moved < tolerance { break }
  }
  merge(model, { steps: taken })
}

## A softmax of a linear function, as exact as `tolerance` says: {weight, offset, steps, predict}.
##
## Minimises the sum of the cross-entropy plus sum(weight^2) / (2 c), as scikit-learn's LogisticRegression(C=c) does (of
## two classes, which have one vector of weights there, its C is 2 c), by accelerated gradient descent. Normalise the
## features first: the steps are as small as the largest of them asks.
fn logistic_regression(x, y, c = 1.0, classes = none, steps = 5000, tolerance = 1e-9) {
  let k = _class_count("logistic_regression", y, classes)
  require_finite("logistic_regression: x", x)
  require(c > 0, "logistic_regression: c is {c}, and it is above 0", help: "the larger c, the larger weights may be")
  let (x, n) = (f64(x), rows(x))
  let cost = w -> cross_entropy(x @ w.weight + w.offset, y) + sum(w.weight ^ 2) / (2 * c * n)
  # The cost bends by at most half the largest eigenvalue of x'x / n, which its trace bounds.
  let bend = 0.5 * (float(sum(x ^ 2)) / n + 1) + 1 / (c * n)
  let start = { weight: f64(zeros(shape(x)[1], k)), offset: f64(zeros(k)) }
  let found = descend(cost, start, rate: 1 / bend, steps: steps, tolerance: tolerance, method: "accelerated")
  let {weight, offset} = found.x
  { weight: weight, offset: offset, steps: found.steps, predict: x -> softmax(f64(x) @ weight + offset) }
}

"""###,
      names: ["gaussian_naive_bayes", "multinomial_naive_bayes", "naive_bayes_with_missing_labels", "logistic_regression"]),
    File(
      name: "stdlib/bootstrap.mdl",
      source: ###"""
## How sure a measured figure is.

## A metric with its confidence interval, by drawing the examples again with replacement: {value, low, high, deviation,
## values}.
##
## `low` and `high` leave out (1 - confidence) / 2 of the `resamples` values on each side; `deviation` is their standard
## deviation. The draws depend on the seed. Where a metric is not a number (a class that was not drawn), the value does
## not count. Efron: Bootstrap methods, another look at the jackknife, 1979.
fn bootstrap(metric, prediction, target, resamples = 1000, confidence = 0.95) {
  let n = rows(prediction)
  if rows(target) != n { error("bootstrap takes one target for each prediction, and got {rows(target)} for {n}") }
  if n == 0 { error("bootstrap needs at least one example") }
  require_count("bootstrap's resamples", resamples, least: 2)
  require_share("bootstrap's confidence", confidence)
  var values = []
  for _ in 0..<resamples {
    let drawn = integers(n, [n])
    let value = float(metric(take(prediction, drawn), take(target, drawn)))
    if is_finite(value) { values = append(values, value) }
  }
  if length(values) == 0 { error("bootstrap: the metric was not a number in any of the {resamples} samples") }
  let all = stack(map(values, value -> f64(value)))
  let outside = (1 - confidence) / 2
  {
    value: float(metric(prediction, target))
    low: float(quantile(all, outside))
    high: float(quantile(all, 1 - outside))
    deviation: float(std(all))
    values: all
  }
}

"""###,
      names: ["bootstrap"]),
    File(
      name: "stdlib/checks.mdl",
      source: ###"""
## Checks of the numbers that layers, optimizers and procedures are made with: a wrong one is told where it is written,
## not where it first does harm. `what` names it in the message, as in "Dropout's rate".

## `value` is a whole number of at least `least`.
fn require_count(what, value, least = 1) {
  # (Checked often, so the text is made only where it is needed.)
  if kind(value) != "Int" or value < least {
    error("{what} must be a whole number from {least} on, and is {value}")
  }
}

## `value` is a whole number of at least `least`, or a pair of such numbers.
fn require_counts(what, value, least = 1) {
  if kind(value) == "tuple" {
    require(length(value) == 2, "{what} must be one number or a pair (height, width), and is {value}")
    for each in value { require_count(what, each, least) }
  } else {
    require_count(what, value, least)
  }
}

## `value` is a number from 0 up to, but not including, 1.
fn require_share(what, value) {
  require(_is_number(value) and value >= 0 and value < 1,
    "{what} must be from 0 up to, but not including, 1, and is {value}")
}

## `value` is a number that is not negative.
fn require_not_negative(what, value) {
  require(_is_number(value) and value >= 0, "{what} must be a number from 0 on, and is {value}")
}

## All numbers of a tensor are finite.
fn require_finite(what, x) {
  if size(x) > 0 and not is_finite(maximum(max(x), -min(x))) {
    error("{what} holds numbers that are NaN or infinite",
      help: "`fill_missing()` fills those of a dataset; `take` keeps the other rows of a tensor")
  }
}

## `value` can be called, as an activation must; `example` is what could stand there.
fn require_function(what, value, example = "`relu`, or one of your own: `x -> x * x`") {
  if kind(value) == "Text" {
    error("{what} must be a function, and is the text \"{value}\"", help: "write {value} without quotes")
  }
  if kind(value) != "function" and kind(value) != "model" {
    error("{what} must be a function, and is {value}", help: example)
  }
}

## `rate` is a schedule, or a number that is not negative.
fn require_rate(what, rate) {
  if kind(rate) != "function" { require_not_negative(what, rate) }
}

fn _is_number(value) = kind(value) == "Int" or kind(value) == "Float" or (kind(value) == "tensor" and rank(value) == 0)

"""###,
      names: ["require_count", "require_counts", "require_share", "require_not_negative", "require_finite", "require_function", "require_rate"]),
    File(
      name: "stdlib/compression.mdl",
      source: ###"""
## Smaller networks: distillation, pruning, 8-bit weights.

## The loss of a student beside a teacher: part * T^2 * kl(student / T, teacher / T) + (1 - part) * cross_entropy.
##
## logits, teacher: [batch, classes] logits; target: ids [batch], or none with `part: 1`. A high temperature T shows
## what the teacher finds similar; T^2 keeps the gradients as long. Hinton, Vinyals, Dean: Distilling the knowledge in a
## neural network, 2015.
fn distillation(logits, teacher, target = none, temperature = 4.0, part = 0.9) {
  if is_probabilities(teacher) or is_probabilities(logits) {
    error("softmax is applied twice: distillation takes logits of both networks, and got probabilities",
      help: "give what the teacher itself returns, `teacher(x)`; `predict(teacher, x)` applies softmax")
  }
  let soft = softmax(stop_gradient(teacher) / temperature)
  let follow = temperature ^ 2 * kl(logits / temperature, soft)
  if target == none { follow } else { part * follow + (1 - part) * cross_entropy(logits, target) }
}

## Sets the part `part` of the weights that is nearest to 0 to 0, and gives the mask: a tree of ones and zeros.
##
## All parameters of two or more dimensions are compared with each other, or with `each: true` each by itself. Train on
## with an optimizer that keeps zeros, `adam() |> keep_zeros()`. For a lottery ticket keep `weights(net)` from the start
## and go back to it: `assign(net, start * prune(net, 0.8))`.
## Han, Pool, Tran, Dally 2015; Frankle, Carbin: The lottery ticket hypothesis, 2019.
fn prune(net, part, each = false) {
  if part < 0 or part >= 1 { error("prune: the part is {part}, and it is from 0 to below 1") }
  let tree = weights(net)
  let pruned = filter(leaves(tree), w -> rank(w) >= 2)
  if length(pruned) == 0 { error("prune: this model has no weights yet", help: "call it first") }
  let limit = if each { 0.0 } else { _border(concat(map(pruned, w -> flatten(abs(w)))), part) }
  let mask = map_leaves(tree, w ->
    if rank(w) < 2 {
      ones_like(w)
    } else {
      let border = if each { _border(flatten(abs(w)), part) } else { limit }
      where(abs(w) < border, zeros_like(w), ones_like(w))
    })
  assign(net, tree * mask)
  mask
}

# The smallest number that stays.
fn _border(numbers, part) = float(sort(numbers)[int(part * rows(numbers))])

## An optimizer that leaves weights that are exactly 0 where they are: `adam() |> keep_zeros()`.
fn keep_zeros(opt) = optimizer {
  rate: opt.rate
  groups: opt.groups
  start: opt.start
  step: (p, g, s, t) -> {
    let (next, s) = opt.step(p, g, s, t)
    (if rank(p) < 2 { next } else { where(p == 0, 0, next) }, s)
  }
}

## The part of the numbers in parameters of two or more dimensions that is not 0.
fn density(net) {
  let all = filter(leaves(weights(net)), w -> rank(w) >= 2)
  float(fold(all, 0, (n, w) -> n + int(sum(i64(w != 0))))) / fold(all, 0, (n, w) -> n + size(w))
}

## A copy of a model whose weights take 2^bits - 1 values: {net, bytes, before}.
##
## Each column (unit) of a parameter of two or more dimensions has its own step, max |w| / (2^(bits-1) - 1), and weights
## become whole multiples of it; other parameters stay. `bytes` is the size of such a file (the multiples in `bits`, the
## steps and the rest in 4 bytes), `before` that of 4 bytes a number. `save(net, file, bits: 8)` writes such a file.
## Jacob and others: Quantization and training of neural networks for efficient integer-arithmetic-only inference, 2018.
fn quantize(net, bits = 8) {
  if bits < 2 or bits > 16 { error("quantize: {bits} bits, and it is 2 to 16") }
  let most = 2 ^ (bits - 1) - 1
  let small = copy(net)
  var (bytes, before) = (0, 0)
  for w in leaves(weights(net)) {
    before += 4 * size(w)
    bytes += if rank(w) < 2 { 4 * size(w) } else { (size(w) * bits + 7) // 8 + 4 * shape(w)[-1] }
  }
  assign(small, map_leaves(weights(net), w ->
    if rank(w) < 2 {
      w
    } else {
      let flat = reshape(w, [-1, shape(w)[-1]])
      let most_of = max(abs(flat), axis: 0)
      let step = where(most_of > 0, most_of, 1) / most
      reshape(round(flat / step) * step, shape(w))
    }))
  { net: small, bytes: bytes, before: before }
}

"""###,
      names: ["distillation", "prune", "keep_zeros", "density", "quantize"]),
    File(
      name: "stdlib/descent.mdl",
      source: ###"""
## Minimising a function of numbers, tensors or records of them: the methods of the textbook, with a stop rule.

## Follows the gradient of `f` from `start` until its value changes by less than `tolerance`: {x, value, steps, values}.
##
## `method` is "gradient": x - rate * g; "accelerated": the same at a point that looks ahead,
## y = x + (t - 1) / (t + 2) * (x - x before); or "subgradient": x - rate / sqrt(t) * g, for functions with corners,
## where the best point so far is kept and the value may rise in between. It stops after at most `steps` steps.
## Nesterov: A method of solving a convex programming problem with convergence rate O(1/k^2), 1983; Shor 1962.
## Example: descend(x -> (x - 3) ^ 2, 0.0, rate: 0.4).x is about 3.
fn descend(f, start, rate = 0.1, steps = 1000, tolerance = 1e-8, method = "gradient") {
  if not contains(["gradient", "accelerated", "subgradient"], method) {
    error("descend has no method `{method}`", help: "it is gradient, accelerated or subgradient")
  }
  let slope = value_and_grad(f)
  # One program for every step.
  let step = compiled((x, before, rate, ahead) -> {
    let y = x + ahead * (x - before)
    let (value, g) = slope(y)
    (y - rate * g, value)
  })
  var (x, before, best) = (start, start, start)
  var least = infinity
  var (last, values, t) = (none, [], 1)
  while t <= steps {
    let ahead = if method == "accelerated" { (t - 1) / (t + 2) } else { 0.0 }
    let now = if method == "subgradient" { rate / sqrt(t) } else { float(rate) }
    let (next, value) = step(x, before, now, ahead)
    let value = float(value)
    if not is_finite(value) { error("the value is not finite after {t - 1} steps", help: "try a smaller rate") }
    values = append(values, value)
    if value < least {
      least = value
      best = x
    }
    before = x
    x = next
    if last != none and method != "subgradient" and abs(last - value) < tolerance { break }
    last = value
    t += 1
  }
  let value = float(f(x))
  let found = if method == "subgradient" and least < value { (best, least) } else { (x, value) }
  { x: found[0], value: found[1], steps: length(values), values: values }
}

"""###,
      names: ["descend"]),
    File(
      name: "stdlib/evaluation.mdl",
      source: ###"""
## Using a trained model: what it is worth on data, what it says of new rows, what it is made of.

## What a model is worth on data: a record of the metrics, and of the loss when one is given.
##
## `data` is a dataset, prepared or raw, (x, y), or (x, y, w) with weights for the loss. The model is in inference mode.
## Of a model with several outputs, `metrics` and `loss` are records by output: `{kind: [accuracy], size: [mae]}`.
fn evaluate(net, data, metrics = [], loss = none, batch = 1024, loss_weights = none) {
  let (outputs, y, w) = answers(net, data, batch)
  let values = if loss == none { [] } else { fields(total_losses(loss, outputs, y, w, loss_weights)) }
  record(values + measured(net, outputs, y, named_metrics(metrics), ""))
}

## The model's answer for rows: probabilities where it was trained with a loss on logits, otherwise its output.
##
## `x` is a tensor as the network takes it (or a record of its named inputs), or raw rows: a dataset, a record, a list
## of records or texts.
fn predict(net, x, batch = 1024) {
  let ready = if _is_tensors(x) { x } else { prepare(net, x) }
  applied_output(output_of(net), if is_streamed(ready) {
    _streamed_answers(net, ready, batch)[0]
  } else {
    all_outputs(net, if kind(ready) == "dataset" { ready.x } else { ready }, batch)
  })
}

# A record of tensors with rows: named inputs, not one raw row.
fn _is_tensors(x) = kind(x) == "record" and
  fold(fields(x), true, (all, (_, value)) -> all and kind(value) == "tensor" and rank(value) > 0)

## Prints the layers of a model, the shape that each gives for `x` (a tensor or dataset), and its parameters.
fn summary(net, x) {
  let line = (name, output, parameters) -> print("{name:<28} {output:<20} {parameters:>10}")
  line("layer", "output", "parameters")
  let x = if kind(x) == "dataset" { x.x } else { x }
  for row in layers_of(net, map_leaves(x, v -> v[0..<1])) {
    let sizes = if row.output == none { "" } else { join(map(row.output[1:], size -> ", {size}")) }
    line("{row.path} {row.name}", if row.output == none { "" } else { "[batch{sizes}]" }, row.parameters)
  }
  line("total", "", parameter_count(net))
}

## A network's results as predictions, by what `train` has found to be applied.
fn applied_output(output, outputs) = if kind(outputs) == "record" {
  let parts = if output == none { [] } else { filter(split(output, ","), part -> contains(part, "=")) }
  let each = dict(map(parts, part -> {
    let sides = split(part, "=")
    (sides[0], sides[1])
  }))
  record(map(fields(outputs), ((name, own)) -> (name, applied_output(get(each, name, "identity"), own))))
} else {
  match output {
    "softmax" -> softmax(outputs)
    "sigmoid" -> sigmoid(outputs)
    _ -> outputs
  }
}

## The network on all rows, part by part.
fn all_outputs(net, x, batch) {
  let count = rows(leaves(x)[0])
  if count == 0 { error("there are no rows to predict") }
  if count <= batch {
    net(x)
  } else {
    let plain = kind(x) == "tensor"
    let step = if plain { (_, x) -> (none, net(x)) } else { (_, ids) -> (none, net(rows_at(x, ids))) }
    var parts = []
    let over = batches(if plain { x } else { arange(count) }, batch, shuffle: false)
    for (_, outputs, _) in compiled_loop(over, none, step) {
      parts = append(parts, flat_steps(outputs))
    }
    joined_rows(parts)
  }
}

## (name, function) for each metric. Of a record of lists, by output, the function takes records: `kind_accuracy`.
fn named_metrics(metrics) =
  if kind(metrics) == "record" {
    joined(map(fields(metrics), ((output, each)) ->
      if kind(each) == "function" {
        [(output, each)]
      } else {
        map(named_metrics(each), ((name, metric)) -> (output + "_" + name, (p, y) -> {
          let (p, y) = (output_named(p, output, "metrics"), output_named(y, output, "metrics"))
          metric(p, beside(p, y))
        }))
      }))
  } else {
    if kind(metrics) != "list" and kind(metrics) != "tuple" {
      error("metrics are a list of functions, and got {kind(metrics)}",
        help: "write `[accuracy]`, or a record that names them: `\{ top: top_k_accuracy }`")
    }
    map(list(metrics), metric -> {
      if name_of(metric) == "" {
        error("a metric needs a name", help: "write `metrics: \{top: (p, y) -> ...}`")
      }
      (name_of(metric), metric)
    })
  }

## The metrics of a network's results: a list of (name, number).
fn measured(net, outputs, target, metrics, prefix) {
  let prediction = applied_output(output_of(net), outputs)
  let target = beside(prediction, target)
  map(metrics, ((name, metric)) -> (prefix + name, float(metric(prediction, target))))
}

## (outputs, y, weights or none) of a model on a dataset, prepared as the training data of `net` was, or on a tuple.
fn answers(net, data, batch, model = net) {
  require_examples("the data to measure on", data)
  let ready = if kind(data) == "dataset" { prepare(net, data) } else { data }
  if is_streamed(ready) {
    _streamed_answers(model, ready, batch)
  } else if kind(ready) == "dataset" {
    (all_outputs(model, ready.x, batch), ready.y, none)
  } else {
    (all_outputs(model, ready[0], batch), ready[1], if length(ready) == 3 { ready[2] } else { none })
  }
}

fn _streamed_answers(net, data, batch) {
  var (outputs, targets) = ([], [])
  for rows in batches(data, batch, shuffle: false) {
    let (x, y) = if kind(rows) == "tuple" { rows } else { (rows, none) }
    outputs = append(outputs, net(x))
    if y != none { targets = append(targets, y) }
  }
  (joined_rows(outputs), if length(targets) == 0 { none } else { concat(targets) }, none)
}

"""###,
      names: ["evaluate", "predict", "summary", "applied_output", "all_outputs", "named_metrics", "measured", "answers"]),
    File(
      name: "stdlib/generative.mdl",
      source: ###"""
## Networks that make data like the data they saw: the variational autoencoder and the adversarial pair.

## An autoencoder whose code is a normal distribution, so that draws from N(0, 1) decode to new data.
##
## encoder: [batch, ...] to [batch, features]; `size` numbers in the code; decoder: [batch, size] to logits (or means)
## of x. A call gives {output, mean, log_variance}, which `negative_elbo` measures:
## `train_without_targets(net, x, (net, x) -> negative_elbo(net(x), x))`. In training the code is drawn by
## reparameterisation, z = mean + exp(log_variance / 2) * noise, which lets gradients through; otherwise z = mean.
## `net.encode(x)` gives the means, `net.draw(n)` new data as probabilities (`sigmoid` of the decoder's result), or as
## it stands with `finish: identity`. Kingma, Welling: Auto-encoding variational Bayes, 2013.
layer VariationalAutoencoder(encoder, decoder, size, finish = sigmoid) {
  let to_mean = Dense(size)
  let to_log_variance = Dense(size)
  fn encode(x) = to_mean(encoder(x))
  fn decode(z) = finish(decoder(z))
  fn draw(n) = finish(decoder(normal(n, size)))
  call(x) {
    let h = encoder(x)
    let (mean, log_variance) = (to_mean(h), to_log_variance(h))
    let z = if training { mean + exp(log_variance / 2) * normal_like(mean) } else { mean }
    { output: decoder(z), mean: mean, log_variance: log_variance }
  }
}

## How far normal distributions are from N(0, 1): KL = 0.5 sum(mean^2 + exp(log_variance) - log_variance - 1).
##
## mean, log_variance: [batch, size]; result [batch]. In nats.
fn kl_to_standard_normal(mean, log_variance) =
  0.5 * sum(mean ^ 2 + exp(log_variance) - log_variance - 1, axis: -1)

## The negative evidence lower bound, -ELBO = E[-log p(x | z)] + beta * KL(q(z | x) || N(0, 1)), a mean over the batch.
##
## made: what a `VariationalAutoencoder` gives; x: [batch, ...], as the decoder's result. `kind: "bernoulli"` takes the
## decoder's result as logits of numbers from 0 to 1, `"normal"` as means with this `deviation`. A `beta` other than 1:
## Higgins and others: beta-VAE, 2017.
fn negative_elbo(made: Record, x, beta = 1.0, kind = "bernoulli", deviation = 1.0) {
  let logits = made.output
  require_equal_shapes("negative_elbo", logits, x)
  let costs = match kind {
    "bernoulli" -> softplus(logits) - x * logits
    "normal" -> 0.5 * ((x - logits) / deviation) ^ 2 + log(deviation) + 0.5 * log(2 * pi)
    _ -> error("negative_elbo: the kind is {kind}", help: "\"bernoulli\" or \"normal\"")
  }
  mean(sum(reshape(costs, [rows(x), -1]), axis: 1) + beta * kl_to_standard_normal(made.mean, made.log_variance))
}

## Trains a generator against a discriminator: a list of records {epoch, generator, discriminator, real, made, spread}.
##
## x: [n, ...], real data; generator: noise [batch, noise] to data; discriminator: data to one logit [batch, 1]. Each
## step first makes the discriminator tell them apart, softplus(-D(x)) + softplus(D(G(z))), then the generator mislead
## it, softplus(-D(G(z))) (the loss that does not vanish). Each has its optimizer; while the other learns it is in
## inference mode (a BatchNorm then takes its running statistics).
## The record has the losses; `real` and `made` are the shares of each that the discriminator takes for real (0.5 both
## when it can't tell); `spread` is the mean deviation of what is made, beside that of the data: near 0 when all noise
## gives the same. Below `least_spread` at the end of an epoch after the first the run ends with an error.
## Goodfellow and others: Generative adversarial nets, 2014; Radford, Metz, Chintala: DCGAN, 2015 (beta1 0.5).
fn train_adversarial(generator, discriminator, x, noise, epochs = 10, batch = 64, least_spread = 0.01,
  generator_optimizer = adam(rate: 1e-3, beta1: 0.5), discriminator_optimizer = adam(rate: 1e-3, beta1: 0.5)) {
  if rows(x) == 0 { error("there are no rows to train on") }
  let first = generator(normal(2, noise))
  if shape(first)[1:] != shape(x)[1:] {
    error("the generator makes rows of shape {shape(first)[1:]}, and the data has {shape(x)[1:]}")
  }
  let judged = shape(discriminator(first))
  if judged != [2, 1] {
    error("the discriminator gives one logit a row, [batch, 1], and this one gives {judged} for 2 rows",
      help: "let it end in `Dense(1)`")
  }
  let spread_of = x -> float(mean(std(reshape(x, [rows(x), -1]), axis: 0)))
  let data_spread = spread_of(x[:minimum(rows(x), 1000)])
  if not data_spread > 0 { error("the rows of x are all the same") }
  let step = (sums, x) -> {
    let fake = generator(normal(rows(x), noise))
    let ((value, (on_real, on_fake)), g) = value_and_grad(d -> {
      let (on_real, on_fake) = (d(x), d(fake))
      (mean(softplus(-on_real)) + mean(softplus(on_fake)), (on_real, on_fake))
    }, extra: true)(discriminator)
    update(discriminator, discriminator_optimizer, g)
    let (misled, g) = value_and_grad(made -> mean(softplus(-discriminator(made(normal(rows(x), noise))))))(generator)
    require(is_finite(value + misled), "the loss is not finite; the models are as they were before this step",
      help: "try smaller rates")
    update(generator, generator_optimizer, g)
    let share = logits -> mean(where(logits > 0, 1.0, 0.0))
    (sums + stack([misled, value, share(on_real), share(on_fake)]), none)
  }
  let steps = (rows(x) + batch - 1) // batch
  report({ started: true, epoch: 1, epochs: epochs, step: 0, steps: steps })
  map(1...epochs, epoch -> {
    var sums = zeros(4)
    for (now, _, _) in compiled_loop(batches(x, batch), zeros(4), step) { sums = now }
    let [misled, value, real, made] = list(sums / steps)
    let spread = spread_of(generator(normal(minimum(rows(x), 1000), noise))) / data_spread
    report({ epoch: epoch, epochs: epochs, step: steps, steps: steps, done: true,
      values: { generator: float(misled), discriminator: float(value), spread: spread } })
    if epoch > 1 and spread < least_spread {
      error("the generator makes the same for all noise: its spread is {spread:.3g} of the data's",
        help: "try a smaller rate for the generator, or a larger one for the discriminator")
    }
    { epoch: epoch, generator: float(misled), discriminator: float(value), real: float(real), made: float(made),
      spread: spread }
  })
}

"""###,
      names: ["VariationalAutoencoder", "kl_to_standard_normal", "negative_elbo", "train_adversarial"]),
    File(
      name: "stdlib/images.mdl",
      source: ###"""
## Layers over images [batch, channels, height, width] and sequences [batch, time, features].
##
## Windows: `size`, `stride` and `dilation` are one number, or (height, width) for images. `padding` is "valid" (none),
## "same" (as many zeros as keep the size at stride 1, size / stride rounded up otherwise; the odd one after) or a
## number of zeros on each side.

## Convolution of images: `filters` windows move over all channels, activation(conv(x, weight) + offset).
##
## [batch, channels, height, width] to [batch, filters, height', width'], where
## height' = (height + 2 * padding - dilation * (size - 1) - 1) // stride + 1.
## `groups` cuts channels and filters into groups that see only each other; `groups: channels` is a depthwise
## convolution. LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998.
## Conv(32, 3, relu) >> Conv(64, 3, relu) >> MaxPool(2) >> Flatten() >> Dense(10) reads small images.
layer Conv(
  filters, size, activation = identity, stride = 1, padding = "valid", dilation = 1, groups = 1, bias = true,
  start = glorot_uniform
) {
  require_count("Conv's filters", filters)
  require_counts("Conv's size", size)
  require_counts("Conv's stride", stride)
  require_counts("Conv's dilation", dilation)
  require_count("Conv's groups", groups)
  require_function("Conv's activation", activation)
  call(x: [batch, channels, height, width]) {
    let (h, w) = _pair(size)
    _check_groups(channels, filters, groups)
    param weight: [h, w, channels // groups, filters] = start
    let y = conv(x, weight, stride: stride, padding: padding, dilation: dilation, groups: groups)
    if bias {
      param offset: [filters] = zeros
      activation(y + offset[none, :, none, none])
    } else {
      activation(y)
    }
  }
}

## Convolution of sequences: `filters` windows of `size` steps move along the time, activation(conv(x, weight) +
## offset).
##
## [batch, time, features] to [batch, time', filters]; hyperparameters as of Conv. `padding: "causal"` adds zeros in
## front alone, so that a step sees only itself and what came before.
layer Conv1D(
  filters, size, activation = identity, stride = 1, padding = "valid", dilation = 1, groups = 1, bias = true,
  start = glorot_uniform
) {
  require_count("Conv1D's filters", filters)
  require_count("Conv1D's size", size)
  require_count("Conv1D's stride", stride)
  require_count("Conv1D's dilation", dilation)
  require_count("Conv1D's groups", groups)
  require_function("Conv1D's activation", activation)
  call(x: [batch, time, features]) {
    _check_groups(features, filters, groups)
    param weight: [size, features // groups, filters] = start
    let causal = match padding { "causal" -> true, _ -> false }
    let input = if causal { pad(x, (0, dilation * (size - 1), 0), 0) } else { x }
    let around = if causal { "valid" } else { padding }
    let y = conv(input, weight, stride: stride, padding: around, dilation: dilation, groups: groups)
    if bias {
      param offset: [filters] = zeros
      activation(y + offset)
    } else {
      activation(y)
    }
  }
}

## The transpose of a convolution of images: every element adds a window to the result, which grows by `stride`.
##
## [batch, channels, height, width] to [batch, filters, height', width'], where
## height' = (height - 1) * stride + size - 2 * padding, or height * stride with `padding: "same"`.
## Zeiler, Krishnan, Taylor, Fergus: Deconvolutional networks, 2010.
layer ConvTranspose(
  filters, size, activation = identity, stride = 1, padding = "valid", bias = true, start = glorot_uniform
) {
  require_count("ConvTranspose's filters", filters)
  require_counts("ConvTranspose's size", size)
  require_counts("ConvTranspose's stride", stride)
  require_function("ConvTranspose's activation", activation)
  call(x: [batch, channels, height, width]) {
    let (h, w) = _pair(size)
    param weight: [h, w, filters, channels] = start
    let y = conv_transpose(x, weight, stride: stride, padding: padding)
    if bias {
      param offset: [filters] = zeros
      activation(y + offset[none, :, none, none])
    } else {
      activation(y)
    }
  }
}

## The largest number of each window of images, channel by channel. `stride` is the window's size unless given.
##
## [batch, channels, height, width] to [batch, channels, height', width'].
layer MaxPool(size = 2, stride = none, padding = "valid") {
  require_counts("MaxPool's size", size)
  call(x: [batch, channels, height, width]) = max_pool(x, size, stride: stride, padding: padding)
}

## The largest number of each window of `size` steps of sequences: [batch, time, features] to [batch, time', features].
layer MaxPool1D(size = 2, stride = none, padding = "valid") {
  require_count("MaxPool1D's size", size)
  call(x: [batch, time, features]) = max_pool(x, size, stride: stride, padding: padding)
}

## The mean of each window of images, channel by channel; what lies outside of the image does not count.
##
## [batch, channels, height, width] to [batch, channels, height', width'].
layer AveragePool(size = 2, stride = none, padding = "valid") {
  require_counts("AveragePool's size", size)
  call(x: [batch, channels, height, width]) = average_pool(x, size, stride: stride, padding: padding)
}

## The mean of each window of `size` steps of sequences: [batch, time, features] to [batch, time', features].
layer AveragePool1D(size = 2, stride = none, padding = "valid") {
  require_count("AveragePool1D's size", size)
  call(x: [batch, time, features]) = average_pool(x, size, stride: stride, padding: padding)
}

## The mean over all places: of images [batch, channels, height, width] to [batch, channels], of sequences
## [batch, time, features] to [batch, features]. Lin, Chen, Yan: Network in network, 2014.
layer GlobalAveragePool() {
  call(x) = mean(x, axis: _places(x, "GlobalAveragePool"))
}

## The largest number over all places: of images [batch, channels, height, width] to [batch, channels], of sequences
## [batch, time, features] to [batch, features].
layer GlobalMaxPool() {
  call(x) = max(x, axis: _places(x, "GlobalMaxPool"))
}

## Images made larger, each pixel repeated `size` times along both sides:
## [batch, channels, height, width] to [batch, channels, size * height, size * width].
layer Upsample(size = 2) {
  require_counts("Upsample's size", size)
  call(x: [batch, channels, height, width]) {
    let (h, w) = _pair(size)
    let spread = expand(reshape(x, (batch, channels, height, 1, width, 1)), (batch, channels, height, h, width, w))
    reshape(spread, (batch, channels, height * h, width * w))
  }
}

## The mean of each window of images [batch, channels, height, width] or sequences [batch, time, features]; places
## outside, which padding adds, do not count. `stride` is the window's size unless given.
## Example: average_pool([[[1.0], [3], [5], [7]]], 2) is [[[2], [6]]].
fn average_pool(x, size, stride = none, padding = 0) {
  let step = if stride == none { size } else { stride }
  let is_sequence = rank(x) == 3
  let channels = if is_sequence { shape(x)[-1] } else { shape(x)[1] }
  let (h, w) = _pair(size)
  let window = if is_sequence { ones(size, 1, channels) } else { ones(h, w, 1, channels) }
  let total = conv(x, window, stride: step, padding: padding, groups: channels)
  let is_inside = match padding { "valid" -> true, 0 -> true, _ -> false }
  if is_inside {
    total / if is_sequence { size } else { h * w }
  } else {
    let one = if is_sequence { ones(1, shape(x)[1], 1) } else { ones(1, 1, shape(x)[2], shape(x)[3]) }
    let count = conv(one, if is_sequence { ones(size, 1, 1) } else { ones(h, w, 1, 1) }, stride: step, padding: padding)
    total / count
  }
}

# One number for both sides, or a pair.
fn _pair(size) = match size {
  (h, w) -> (h, w)
  n -> (n, n)
}

fn _places(x, name) = match rank(x) {
  4 -> [2, 3]
  3 -> [1]
  _ -> error("{name} does not take a tensor of shape {shape(x)}",
    help: "images are [batch, channels, height, width], sequences [batch, time, features]")
}

fn _check_groups(channels, filters, groups) {
  if channels % groups != 0 or filters % groups != 0 {
    error("{channels} channels and {filters} filters do not divide into {groups} groups")
  }
}

"""###,
      names: ["Conv", "Conv1D", "ConvTranspose", "MaxPool", "MaxPool1D", "AveragePool", "AveragePool1D", "GlobalAveragePool", "GlobalMaxPool", "Upsample", "average_pool"]),
    File(
      name: "stdlib/initializers.mdl",
      source: ###"""
## Starting values of parameters. Each takes the sizes of the parameter, as `param w: [a, b] = glorot_uniform` calls it.
##
## `zeros`, `ones`, `normal` and `uniform` serve as they are; `(a, b) -> 0.02 * normal(a, b)` is one of your own.
##
## Fan in is the number of inputs that a unit sums, fan out the number of units that an input reaches: the two last
## sizes, [inputs, units], each times the sizes before them, the window of a convolution [height, width, inputs, units].
## For a vector both are its length.

# The sizes that were given, as one list. (The `none` in the loop keeps its brackets from being a tensor.)
fn _sizes(a, b, c, d) {
  var sizes = []
  for size in [a, b, c, d, none] {
    if size != none { sizes = append(sizes, size) }
  }
  sizes
}

fn _fans(sizes) {
  if length(sizes) == 1 {
    (sizes[0], sizes[0])
  } else {
    var window = 1
    for size in sizes[:-2] { window = window * size }
    (window * sizes[-2], window * sizes[-1])
  }
}

fn _uniform(sizes, bound) = bound * (2 * uniform(sizes) - 1)

## Uniform within sqrt(6 / (fan in + fan out)) of 0: keeps the variance of signals and gradients through tanh layers.
## Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks, 2010.
fn glorot_uniform(a, b = none, c = none, d = none) {
  let sizes = _sizes(a, b, c, d)
  let (inputs, outputs) = _fans(sizes)
  _uniform(sizes, sqrt(6 / (inputs + outputs)))
}

## Normal with variance 2 / (fan in + fan out). Glorot, Bengio 2010.
fn glorot_normal(a, b = none, c = none, d = none) {
  let sizes = _sizes(a, b, c, d)
  let (inputs, outputs) = _fans(sizes)
  sqrt(2 / (inputs + outputs)) * normal(sizes)
}

## Uniform within sqrt(6 / fan in) of 0: keeps the variance of signals through relu layers.
## He, Zhang, Ren, Sun: Delving deep into rectifiers, 2015.
fn he_uniform(a, b = none, c = none, d = none) {
  let sizes = _sizes(a, b, c, d)
  _uniform(sizes, sqrt(6 / _fans(sizes)[0]))
}

## Normal with variance 2 / fan in. He, Zhang, Ren, Sun 2015.
fn he_normal(a, b = none, c = none, d = none) {
  let sizes = _sizes(a, b, c, d)
  sqrt(2 / _fans(sizes)[0]) * normal(sizes)
}

## Normal with variance 1 / fan in, for selu layers.
## LeCun, Bottou, Orr, Müller: Efficient backprop, 1998.
fn lecun_normal(a, b = none, c = none, d = none) {
  let sizes = _sizes(a, b, c, d)
  sqrt(1 / _fans(sizes)[0]) * normal(sizes)
}

## Standard normal numbers, none further than 2 from 0.
fn truncated_normal(a, b = none, c = none, d = none) {
  # The distribution function at u of a normal cut at +-2 runs over erf(sqrt(2)) * (2u - 1).
  let u = uniform(_sizes(a, b, c, d))
  clamp(1.4142135623730951 * erf_inverse(0.9544997361036416 * (2 * u - 1)), -2, 2)
}

## A random matrix whose columns (or rows, where there are fewer) are at right angles and of length 1: it keeps the
## length of what it multiplies, so signals through time neither grow nor fade.
## Saxe, McClelland, Ganguli: Exact solutions to the nonlinear dynamics of learning, 2014.
fn orthogonal(inputs, outputs) =
  if inputs >= outputs { qr(normal(inputs, outputs))[0] } else { transpose(qr(normal(outputs, inputs))[0]) }

"""###,
      names: ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_normal", "truncated_normal", "orthogonal"]),
    File(
      name: "stdlib/joining.mdl",
      source: ###"""
## Layers made of layers that do not stand in a row: side by side, one over the other, one with another's parameters.

## Adds what the parts compute to their input: x + body(x). The sizes must be equal.
## He, Zhang, Ren, Sun: Deep residual learning, 2016.
layer Residual(body) {
  call(x) = x + body(x)
}

## Layers side by side, their results joined: `Parallel([Conv1D(32, 3), Conv1D(32, 5)])`.
##
## branches: a list, each of which takes x; or a record, each of which takes the field of x of its name: `Parallel({
## words: Embedding(1000, 16), numbers: Dense(8) })` on `{ words: ids, numbers: x }`. `join` is "concat" (along
## `axis`), "sum", "mean", "product", or "none": the results as a list or record. Szegedy and others: Going deeper with
## convolutions, 2015.
layer Parallel(branches, join = "concat", axis = -1) {
  require(length(branches) > 0, "Parallel needs at least one branch, and got none")
  call(x) {
    let results = if kind(branches) == "record" {
      map(fields(branches), ((name, branch)) -> branch(_named_input(x, name)))
    } else {
      map(branches, branch -> branch(x))
    }
    match join {
      "concat" -> concat(results, axis: axis)
      "sum" -> fold(results[1:], results[0], (sum, y) -> sum + y)
      "mean" -> fold(results[1:], results[0], (sum, y) -> sum + y) / length(results)
      "product" -> fold(results[1:], results[0], (product, y) -> product * y)
      "none" -> if kind(branches) == "record" {
        record(map(zip(fields(branches), results), (((name, _), y)) -> (name, y)))
      } else {
        results
      }
      _ -> error("Parallel joins by concat, sum, mean, product or none, and got `{join}`")
    }
  }
}

fn _named_input(x, name) {
  if kind(x) != "record" or not has_field(x, name) {
    let names = if kind(x) == "record" { map(fields(x), ((name, _)) -> name) } else { [] }
    let found = if length(names) == 0 { kind(x) } else { "the fields " + join(names, ", ") }
    error("this branch takes the input `{name}`, and there is none: found {found}",
      help: "call the network with \{ {name}: ... \}")
  }
  dict(fields(x))[name]
}

## Scores of the ids of an embedding by its own table: x @ transpose(table), [..., size] to [..., count].
##
## The table is one parameter, which both uses train: `let words = Embedding(1000, 64)`, `words >> body >> Tied(words)`.
## `bias: true` adds an offset for each id. Press, Wolf: Using the output embedding to improve language models, 2017.
layer Tied(embedding, bias = false) {
  call(x) {
    let scores = x @ transpose(embedding.table)
    if bias {
      let count = shape(scores)[-1]
      param offset: [count] = zeros
      scores + offset
    } else {
      scores
    }
  }
}

"""###,
      names: ["Residual", "Parallel", "Tied"]),
    File(
      name: "stdlib/language_models.mdl",
      source: ###"""
## Language models: the probability of a text, and texts drawn from it. `ngrams` (by counting) and
## `neural_language_model` (any network that says what comes next) give the models; these functions take either.
##
## A model is a record: `tokens` (what can come next, by id), `scores` (the logs of the conditional probabilities of a
## list of texts), `start` and `next` (what comes next at a place, as logits, and a state to go on from) and `end` (the
## token that ends a text, or none). A text is a Text, read by characters, or a list of words.

## The log of the probability of a text: the sum of the logs of each token's probability given those before it.
##
## log p(x) = sum over t of log p(x[t] | x[1], ..., x[t - 1]). Gives {total, symbols, each}: the end sign counts as a
## symbol where the model has one, and `each` [symbols] are the terms.
fn log_probability(model, each) {
  _check_model("log_probability", model)
  let terms = model.scores(list([each]))[0]
  { total: float(sum(terms)), symbols: rows(terms), each: terms }
}

## How hard texts are to guess: {entropy, bits, perplexity, symbols}.
##
## entropy: the mean of -log p of a symbol (the end sign of each text included), in nats: the cross-entropy of the texts
## under the model. bits = entropy / log 2; perplexity = e^entropy: as many equal choices would be as hard to guess.
## Shannon: Prediction and entropy of printed English, 1951.
fn text_perplexity(model, texts) {
  if kind(texts) == "Text" { error("text_perplexity takes a list of texts", help: "for one text, write `[text]`") }
  _check_model("text_perplexity", model)
  let terms = if length(texts) == 0 { zeros(0) } else { concat(model.scores(texts)) }
  if rows(terms) == 0 { error("there is nothing to guess in these texts") }
  let entropy = -float(mean(terms))
  { entropy: entropy, bits: entropy / log(2), perplexity: exp(entropy), symbols: rows(terms) }
}

## The most probable tokens after a text: a list of {token, probability}, the most probable first.
fn next_tokens(model, before = none, k = 5) {
  _check_model("next_tokens", model)
  let (logits, _) = model.start(if before == none { [] } else { before })
  let (chances, ids) = top_k(1 * softmax(logits), minimum(k, rows(logits)))
  map(0..<rows(ids), i -> { token: model.tokens[int(ids[i])], probability: float(chances[i]) })
}

## A text drawn from a model, as a list of at most `most` tokens, without the end sign.
##
## `prompt` is what it goes on from (it is not part of the result); `temperature`, `top_k` and `top_p` as in
## `draw_next`. `join` makes a text of characters, `join(drawn, " ")` one of words.
fn generate_text(model, most = 100, temperature = 1.0, top_k = none, top_p = none, prompt = none) {
  _check_model("generate_text", model)
  let draw = compiled(logits -> draw_next(logits, temperature, top_k, top_p))
  var (logits, state) = model.start(if prompt == none { [] } else { prompt })
  var drawn = []
  while length(drawn) < most {
    let id = int(draw(logits))
    if model.tokens[id] == model.end { break }
    drawn = append(drawn, model.tokens[id])
    if length(drawn) < most {
      let (after, reached) = model.next(state, id)
      logits = after
      state = reached
    }
  }
  drawn
}

fn _check_model(name, model) {
  if kind(model) != "record" or not has_field(model, "scores") {
    error("{name} takes a language model, and got {kind(model)}",
      help: "`ngrams(texts)` makes one, `neural_language_model(net, tokens)` makes one of a network")
  }
}

## What is left of logits [..., classes] to draw from: the others become -infinity.
##
## `top_k` keeps the k largest; `top_p` the fewest of the largest whose probabilities reach p. The logits are divided by
## `temperature` first: below 1 the likely becomes likelier. Of equal logits at the border all are kept.
## Fan, Lewis, Dauphin 2018 (top-k); Holtzman and others: The curious case of neural text degeneration, 2020 (top-p).
fn restricted_logits(logits, temperature = 1.0, top_k = none, top_p = none) {
  if temperature <= 0 { error("the temperature is above 0", help: "the most likely is `argmax(logits, axis: -1)`") }
  let classes = shape(logits)[-1]
  var kept = logits / temperature
  if top_k != none {
    if top_k < 1 { error("top_k is at least 1") }
    let border = sort(kept, axis: -1, descending: true)[..., minimum(top_k, classes) - 1]
    kept = where(kept < expand(border[..., none], shape(kept)), -infinity, kept)
  }
  if top_p != none {
    if top_p <= 0 or top_p > 1 { error("top_p is above 0 and at most 1") }
    let sorted = sort(kept, axis: -1, descending: true)
    let p = 1 * softmax(sorted)
    # A class stays when the larger ones together do not reach p yet.
    let last = maximum(sum(i64(cumsum(p, axis: -1) - p < top_p), axis: -1) - 1, 0)
    let border = take_along(sorted, last[..., none], axis: -1)
    kept = where(kept < expand(border, shape(kept)), -infinity, kept)
  }
  kept
}

## Ids drawn by the probabilities softmax(logits): [..., classes] to [...].
##
## `temperature`, `top_k`, `top_p` as in `restricted_logits`. By Gumbel's trick: the largest of logit -
## log(-log(uniform)).
fn draw_next(logits, temperature = 1.0, top_k = none, top_p = none) {
  let left = restricted_logits(logits, temperature, top_k, top_p)
  let noise = -log(-log(clamp(uniform_like(left), 1e-12, 1 - 1e-7)))
  argmax(left + noise, axis: -1)
}

"""###,
      names: ["log_probability", "text_perplexity", "next_tokens", "generate_text", "restricted_logits", "draw_next"]),
    File(
      name: "stdlib/layers.mdl",
      source: ###"""
## Layers. `f >> g` joins layers and functions into a network; `net[0]` is its first part.

## A fully connected layer: activation(x @ weight + offset).
##
## x: [..., features], result: [..., units]. `bias: false` leaves the offset out; `start` makes the first weights.
layer Dense(units, activation = identity, bias = true, start = glorot_uniform) {
  require_count("Dense's units", units)
  require_function("Dense's activation", activation)
  call(x: [..., features]) -> [..., units] {
    param weight: [features, units] = start
    let y = x @ weight
    if bias {
      param offset: [units] = zeros
      activation(y + offset)
    } else {
      activation(y)
    }
  }
}

## Sets each number to 0 with chance `rate` and divides the others by 1 - rate, in training alone.
##
## Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: Dropout, 2014.
layer Dropout(rate = 0.5) {
  require_share("Dropout's rate", rate)
  call(x) {
    if training and rate > 0 {
      where(uniform_like(x) >= rate, x / (1 - rate), 0)
    } else {
      x
    }
  }
}

## Each example's numbers in one row: [batch, ...] to [batch, numbers].
layer Flatten() {
  call(x) = reshape(x, (rows(x), -1))
}

## Each example's numbers in other sizes: [batch, ...] to [batch, sizes...]. `sizes` is one number or a tuple; one of
## them may be -1 and is worked out. Dense(49) >> Reshape((1, 7, 7)) makes images of rows.
layer Reshape(sizes) {
  let wanted = if kind(sizes) == "tuple" { list(sizes) } else { list((sizes,)) }
  _require_sizes(wanted)
  call(x) = reshape(x, joined([list((rows(x),)), wanted]))
}

fn _require_sizes(sizes) {
  for each in sizes {
    require(kind(each) == "Int" and (each >= 1 or each == -1),
      "Reshape's sizes must be whole numbers from 1 on, or one -1, and one is {each}")
  }
}

## A learned vector for each id below `count`: ids [...] to [..., size].
layer Embedding(count, size, start = normal) {
  require_count("Embedding's count", count)
  require_count("Embedding's size", size)
  call(ids) {
    param table: [count, size] = start
    take(table, ids)
  }
}

## Numbers of each example brought to mean 0 and variance 1 over the last dimension, then scaled and shifted.
##
## scale * (x - mean) / sqrt(variance + epsilon) + shift, with the biased variance.
## Ba, Kiros, Hinton: Layer normalization, 2016.
layer LayerNorm(epsilon = 1e-5) {
  require_not_negative("LayerNorm's epsilon", epsilon)
  call(x: [..., features]) -> [..., features] {
    param scale: [features] = ones
    param shift: [features] = zeros
    let centred = x - mean(x, axis: -1, keep: true)
    let variance = mean(centred * centred, axis: -1, keep: true)
    scale * (centred / sqrt(variance + epsilon)) + shift
  }
}

## Each feature brought to mean 0 and variance 1 over the batch, then scaled and shifted. Features are the last
## dimension, [batch, ..., features]; of images [batch, channels, height, width] the channels.
##
## scale * (x - mean) / sqrt(variance + epsilon) + shift: in training with the batch's own mean and (biased) variance,
## otherwise with running ones, which training updates:
## running = momentum * running + (1 - momentum) * batch, the variance unbiased. PyTorch's momentum is 1 minus this one.
## Ioffe, Szegedy: Batch normalization, 2015.
layer BatchNorm(momentum = 0.9, epsilon = 1e-5) {
  require_share("BatchNorm's momentum", momentum)
  require_not_negative("BatchNorm's epsilon", epsilon)
  call(x) {
    let is_image = rank(x) == 4
    let features = shape(x)[if is_image { 1 } else { -1 }]
    param scale: [features] = ones
    param shift: [features] = zeros
    state mean: [features] = zeros
    state variance: [features] = ones
    let others = if is_image { (0, 2, 3) } else { 0..<(rank(x) - 1) }
    let (m, v) = if training { moments(x, axis: others) } else { (mean, variance) }
    if training {
      let count = size(x) // maximum(features, 1)
      mean = momentum * mean + (1 - momentum) * m
      variance = momentum * variance + (1 - momentum) * v * count / maximum(count - 1, 1)
    }
    let spread = if is_image { p -> p[none, :, none, none] } else { identity }
    spread(scale) * (x - spread(m)) / sqrt(spread(v) + epsilon) + spread(shift)
  }
}

"""###,
      names: ["Dense", "Dropout", "Flatten", "Reshape", "Embedding", "LayerNorm", "BatchNorm"]),
    File(
      name: "stdlib/losses.mdl",
      source: ###"""
## Losses: how wrong a prediction is, as one number, the mean over the batch.
##
## Prediction and target have equal shapes; nothing is stretched. Classes are ids (0, 1, 2, ...) or, for soft targets,
## one probability for each class. `weight` says how much each example counts: [batch], or [batch, time] for each step
## of a sequence; truth values are a mask. The loss is then the mean over the weights, sum(weight * cost) /
## sum(weight). Where the weight is 0, prediction and target may be anything, NaN too: they are left out, not
## multiplied by 0.

## Ends the program unless both shapes are equal. (Stretching [n] against [n, 1] would compare everything with
## everything.)
fn require_equal_shapes(loss, prediction, target) {
  if shape(prediction) != shape(target) {
    error("{loss} compares tensors of one shape, and got {_sizes_text(prediction)} and {_sizes_text(target)}",
      help: _shape_help(prediction, target))
  }
}

fn _sizes_text(x) = "[" + join(map(shape(x), size -> "{size}"), ", ") + "]"

fn _shape_help(prediction, target) =
  if rank(prediction) == rank(target) + 1 and shape(prediction)[-1] == 1 {
    "give the target a last dimension, `target[..., none]`, or take the prediction's away, `prediction[..., 0]`"
  } else if rank(target) == rank(prediction) + 1 and shape(target)[-1] == 1 {
    "give the prediction a last dimension, `prediction[..., none]`, or take the target's away, `target[..., 0]`"
  } else {
    "make the network's last layer give one number for each number of the target"
  }

## The mean of costs: with a weight for each of their first dimensions, sum(weight * cost) / sum(weight).
##
## weight: [batch] or more dimensions of the costs; numbers or truth values. Where nothing counts the result is 0.
## (PyTorch's `weight` of binary_cross_entropy divides by the number of costs instead.)
## Example: weighted_mean([1.0, 2.0, 9.0], [1.0, 1.0, 0.0]) is 1.5.
fn weighted_mean(costs, weight) {
  if size(costs) == 0 { error("the mean of no costs: the batch is empty", help: "leave empty batches out") }
  if weight == none {
    mean(costs)
  } else {
    let w = _as_floats(weight, costs)
    _require_weights(w, costs)
    let each = if rank(w) == rank(costs) { costs } else { mean(reshape(costs, append(shape(w), -1)), axis: -1) }
    _over(sum(where(w == 0, 0, w * each)), sum(w))
  }
}

fn _require_weights(w, costs) {
  if rank(w) > rank(costs) or shape(costs)[:rank(w)] != shape(w) {
    error("a weight stands for each example or step: {_sizes_text(w)} does not fit costs of {_sizes_text(costs)}")
  }
}

## x with `fill` where the weight of its first dimensions is 0: what does not count cannot spoil a loss or its gradient.
## Example: counted([nan, 2.0], [0, 1]) is [0, 2].
fn counted(x, weight, fill = 0) =
  if weight == none or rank(weight) > rank(x) or shape(x)[:rank(weight)] != shape(weight) {
    x
  } else {
    let counts = reshape(bool(weight), shape(weight) + map(rank(weight)..<rank(x), _ -> 1))
    where(expand(counts, shape(x)), x, fill)
  }

# A mean of nothing is 0.
fn _over(total, count) = where(count == 0, 0, total / where(count == 0, 1, count))

## The mean of (prediction - target)^2.
## Example: mse([1.0, 2.0], [1.0, 4.0]) is 2.
fn mse(prediction, target, weight = none) {
  require_equal_shapes("mse", prediction, target)
  let (prediction, target) = (counted(prediction, weight), counted(target, weight))
  let difference = prediction - target
  weighted_mean(difference * difference, weight)
}

## The mean of |prediction - target|.
## Example: mae([1.0, 2.0], [1.0, 4.0]) is 1.
fn mae(prediction, target, weight = none) {
  require_equal_shapes("mae", prediction, target)
  let (prediction, target) = (counted(prediction, weight), counted(target, weight))
  weighted_mean(abs(prediction - target), weight)
}

## A square near 0 and a line beyond `delta`, so that one far-off target does not decide everything.
##
## With d = |prediction - target|: d^2 / 2 up to delta, delta * (d - delta / 2) beyond.
## Huber: Robust estimation of a location parameter, 1964.
fn huber(prediction, target, delta = 1.0, weight = none) {
  require_equal_shapes("huber", prediction, target)
  let (prediction, target) = (counted(prediction, weight), counted(target, weight))
  let distance = abs(prediction - target)
  let near = minimum(distance, delta)
  weighted_mean(near * (distance - 0.5 * near), weight)
}

## The mean of log(cosh(prediction - target)): near 0 half the square, far off the distance less log 2, and smooth.
fn log_cosh(prediction, target, weight = none) {
  require_equal_shapes("log_cosh", prediction, target)
  let (prediction, target) = (counted(prediction, weight), counted(target, weight))
  let difference = prediction - target
  weighted_mean(difference + softplus(-2 * difference) - log(2), weight)
}

## The loss whose best answer is the value below which the part `part` of the targets lies (0.5: their median).
##
## With d = target - prediction, the mean of max(part * d, (part - 1) * d). scikit-learn's mean_pinball_loss.
## Koenker, Bassett: Regression quantiles, 1978.
fn pinball(prediction, target, part = 0.5, weight = none) {
  require_equal_shapes("pinball", prediction, target)
  let (prediction, target) = (counted(prediction, weight), counted(target, weight))
  let difference = target - prediction
  weighted_mean(maximum(part * difference, (part - 1) * difference), weight)
}

## How unlikely counts are under Poisson distributions, but for a part that depends on the target alone.
##
## prediction: the log of the expected count, exp(z) - target * z; with `log_rate: false` the count itself,
## p - target * log(p + 1e-8). PyTorch's poisson_nll_loss.
fn poisson_nll(prediction, target, log_rate = true, weight = none) {
  require_equal_shapes("poisson_nll", prediction, target)
  let (prediction, target) = (counted(prediction, weight), counted(target, weight))
  let y = _as_floats(target, prediction)
  let costs = if log_rate { exp(prediction) - y * prediction } else { prediction - y * log(prediction + 1e-8) }
  weighted_mean(costs, weight)
}

## How unlikely targets are under normal distributions of a predicted mean and variance, but for a constant.
##
## The mean of (log(variance) + (target - prediction)^2 / variance) / 2, the variance at least 1e-6.
## PyTorch's gaussian_nll_loss. Nix, Weigend: Estimating the mean and variance of the target distribution, 1994.
fn gaussian_nll(prediction, target, variance, weight = none) {
  require_equal_shapes("gaussian_nll", prediction, target)
  let (prediction, target) = (counted(prediction, weight), counted(target, weight))
  let v = maximum(counted(variance, weight, fill: 1), 1e-6)
  weighted_mean(0.5 * (log(v) + (target - prediction) ^ 2 / v), weight)
}

## The mean of -log of the probability that softmax(logits) gives to the right class.
##
## logits: [..., classes], as the last layer gives them, without softmax. target: ids [...], or soft targets
## [..., classes] that sum to 1. `smoothing: s` moves the part s of each target to all classes alike
## (Szegedy and others: Rethinking the Inception architecture, 2016).
##
## `class_weight: [classes]` says how much each class counts (`class_weights(target)` for equal shares); of ids the mean
## is then over these weights, as in PyTorch. Targets equal to the id `ignore` (padding) do not count.
fn cross_entropy(logits, target, smoothing = 0.0, class_weight = none, weight = none, ignore = none) {
  _require_logits("cross_entropy", logits)
  let (logits, target) = (counted(logits, weight), counted(target, weight))
  let log_p = log_softmax(logits)
  let w = if class_weight == none { none } else { _class_weight(class_weight, logits) }
  let scaled = if w == none { log_p } else { log_p * w }
  if rank(target) == rank(logits) {
    require_equal_shapes("cross_entropy", logits, target)
    weighted_mean(_costs(sum(_as_floats(target, logits) * scaled, axis: -1), scaled, smoothing), weight)
  } else {
    _require_ids("cross_entropy", logits, target)
    let ids = if ignore == none { target } else { where(target == ignore, 0, target) }
    let costs = _costs(take_along(scaled, ids[..., none], axis: -1)[..., 0], scaled, smoothing)
    let mask = if ignore == none { none } else { _as_floats(target != ignore, logits) }
    if w == none {
      weighted_mean(costs, if mask == none { weight } else { _product(mask, weight) })
    } else {
      let counts = _product(if mask == none { ones_like(costs) } else { mask }, weight)
      _over(sum(counts * costs), sum(counts * take(w, ids)))
    }
  }
}

# A mask with the weights of the examples or steps, where there are some.
fn _product(mask, weight) =
  if weight == none {
    mask
  } else {
    let own = _as_floats(weight, mask)
    _require_weights(own, mask)
    mask * expand(reshape(own, shape(own) + map(rank(own)..<rank(mask), _ -> 1)), shape(mask))
  }

fn _class_weight(weight, logits) {
  if shape(weight) != [shape(logits)[-1]] {
    error("class_weight has one number for each class, and got {_sizes_text(weight)} for {shape(logits)[-1]} classes")
  }
  _as_floats(weight, logits)
}

fn _require_logits(loss, logits) {
  if is_probabilities(logits) {
    error("softmax is applied twice: {loss} takes logits, and got probabilities",
      help: "leave softmax (or sigmoid) out of the network; `predict` applies it")
  }
  if rank(logits) == 0 or shape(logits)[-1] == 1 {
    error("{loss} takes one logit for each class, and got {_sizes_text(logits)}",
      help: "softmax over one class is always 1: end the network in `Dense(2)`, or use binary_cross_entropy")
  }
}

fn _require_ids(loss, logits, target) {
  if dtype(target) != "i64" {
    error("{loss} takes class ids (whole numbers), and got {dtype(target)} numbers {_sizes_text(target)}",
      help: "to predict a number use mse; ids that are written as 0.0, 1.0, ... become whole by `i64(target)`")
  }
  if shape(logits[..., 0]) != shape(target) {
    let found = "{_sizes_text(logits)} and {_sizes_text(target)}"
    error("{loss} takes logits [..., classes] and one class id for each row of them, and got {found}")
  }
}

# -log p, where a part of each target goes to all classes alike. (0 - x: a sure answer costs 0, not -0.)
fn _costs(chosen, log_p, smoothing) =
  if smoothing == 0 {
    0 - chosen
  } else {
    0 - (1 - smoothing) * chosen - smoothing * mean(log_p, axis: -1)
  }

## Weights that give every class the same share of the loss: examples / (classes * examples of the class).
##
## target: ids of all examples. A class without examples gets 0. scikit-learn's `class_weight="balanced"`.
## Example: class_weights([0, 0, 0, 1]) is [0.6667, 2].
fn class_weights(target, classes = none) {
  let n = if classes == none { int(max(target)) + 1 } else { classes }
  let count = f64(count_ids(target, n))
  where(count == 0, 0, size(target) / (n * maximum(count, 1)))
}

# The target in the precision of the prediction.
fn _as_floats(target, prediction) = if dtype(prediction) == "f64" { f64(target) } else { f32(target) }

## The mean of -log of the probability that sigmoid(logits) gives to the right answer, yes or no.
##
## logits and target have one shape; the target holds 0, 1, truth values or probabilities.
## It is softplus(logits) - target * logits, which does not overflow. `positive_weight` says how much a yes counts.
fn binary_cross_entropy(logits, target, positive_weight = none, weight = none) {
  if is_probabilities(logits) {
    error("sigmoid is applied twice: binary_cross_entropy takes logits, and got probabilities",
      help: "leave sigmoid out of the network; `predict` applies it")
  }
  require_equal_shapes("binary_cross_entropy", logits, target)
  let (logits, target) = (counted(logits, weight), counted(target, weight))
  let y = _as_floats(target, logits)
  let costs = if positive_weight == none {
    softplus(logits) - y * logits
  } else {
    (1 - y) * logits + (1 + (positive_weight - 1) * y) * softplus(-logits)
  }
  weighted_mean(costs, weight)
}

## The Kullback-Leibler divergence of softmax(logits) from the probabilities `target`, a mean over the batch.
##
## sum(target * (log(target) - log_softmax(logits))) over the last dimension; 0 log 0 is 0. Both are [..., classes].
## Kullback, Leibler: On information and sufficiency, 1951.
fn kl(logits, target, weight = none) {
  if is_probabilities(logits) {
    error("softmax is applied twice: kl takes logits, and got probabilities", help: "leave softmax out of the network")
  }
  require_equal_shapes("kl", logits, target)
  let (logits, target) = (counted(logits, weight), counted(target, weight))
  let log_target = log(where(target > 0, target, 1))
  weighted_mean(sum(target * (log_target - log_softmax(logits)), axis: -1), weight)
}

"""###,
      names: ["require_equal_shapes", "weighted_mean", "counted", "mse", "mae", "huber", "log_cosh", "pinball", "poisson_nll", "gaussian_nll", "cross_entropy", "class_weights", "binary_cross_entropy", "kl"]),
    File(
      name: "stdlib/losses_of_margins.mdl",
      source: ###"""
## Losses that ask for a distance: between the scores of classes, or between the vectors of examples; and those that
## turn to the examples that are still hard. All are means over the batch.

# A score far from right costs more, one beyond the margin nothing: 1 and -1 for yes and no.
fn _signs(target, scores) = where(target > 0, ones_like(scores), -1)

## The mean of max(0, 1 - s * score), where s is 1 for yes and -1 for no: the loss of support vector machines.
##
## scores: [...] with a target of 1 and 0, truth values, or 1 and -1 of the same shape; or [..., classes] with ids
## [...]: then max(0, 1 - (score of the class - best other score)), as scikit-learn's hinge_loss (Crammer, Singer 2001).
fn hinge(scores, target, weight = none) = weighted_mean(_hinges("hinge", scores, target, weight), weight)

## The mean of the squares of what `hinge` takes the mean of.
fn squared_hinge(scores, target, weight = none) {
  let costs = _hinges("squared_hinge", scores, target, weight)
  weighted_mean(costs * costs, weight)
}

fn _hinges(loss, scores, target, weight) {
  let (scores, target) = (counted(scores, weight), counted(target, weight))
  if rank(scores) == rank(target) + 1 and shape(scores)[-1] > 1 {
    let own = take_along(scores, target[..., none], axis: -1)[..., 0]
    let others = where(indicators(target, shape(scores)[-1]) > 0, -infinity, scores)
    maximum(0, 1 - (own - max(others, axis: -1)))
  } else {
    require_equal_shapes(loss, scores, target)
    maximum(0, 1 - _signs(target, scores) * scores)
  }
}

## Every class that comes too near the right one costs: the mean over the examples of
## sum over other classes of max(0, margin - own + other)^power / classes.
##
## scores: [..., classes], target: ids [...]. PyTorch's multi_margin_loss.
fn multi_margin(scores, target, margin = 1.0, power = 1, weight = none) {
  let (scores, target) = (counted(scores, weight), counted(target, weight))
  let classes = shape(scores)[-1]
  let own = take_along(scores, target[..., none], axis: -1)
  let near = maximum(0, margin - own + scores) ^ power
  weighted_mean(sum(where(indicators(target, classes) > 0, 0, near), axis: -1) / classes, weight)
}

## Cross-entropy that turns to the hard examples: the mean of -(1 - p)^gamma * log(p) for the probability p of the right
## class.
##
## logits: [..., classes], target: ids [...]. `alpha: [classes]` multiplies the cost of each class; gamma 0 is
## cross_entropy. Lin, Goyal, Girshick, He, Dollár: Focal loss for dense object detection, 2017.
fn focal(logits, target, gamma = 2.0, alpha = none, weight = none) {
  let (logits, target) = (counted(logits, weight), counted(target, weight))
  let log_p = take_along(log_softmax(logits), target[..., none], axis: -1)[..., 0]
  let costs = 0 - (0 - expm1(log_p)) ^ gamma * log_p
  weighted_mean(if alpha == none { costs } else { costs * take(alpha, target) }, weight)
}

## `focal` for yes and no: logits and target have one shape; `alpha` is the weight of a yes, 1 - alpha that of a no.
fn binary_focal(logits, target, gamma = 2.0, alpha = none, weight = none) {
  require_equal_shapes("binary_focal", logits, target)
  let (logits, target) = (counted(logits, weight), counted(target, weight))
  let z = _signs(target, logits) * logits
  let costs = (1 * sigmoid(-z)) ^ gamma * softplus(-z)
  weighted_mean(if alpha == none { costs } else { costs * where(target > 0, alpha * ones_like(z), 1 - alpha) }, weight)
}

## An example should lie nearer to one of its kind than to another: the mean of
## max(0, |anchor - positive| - |anchor - negative| + margin).
##
## All are [batch, size]. 1e-6 is added to each difference, as PyTorch does.
## Schroff, Kalenichenko, Philbin: FaceNet, 2015.
fn triplet(anchor, positive, negative, margin = 1.0, weight = none) {
  require_equal_shapes("triplet", anchor, positive)
  require_equal_shapes("triplet", anchor, negative)
  let (anchor, positive) = (counted(anchor, weight), counted(positive, weight))
  let negative = counted(negative, weight)
  let distance = other -> norm(anchor - other + 1e-6, axis: -1)
  weighted_mean(maximum(0, distance(positive) - distance(negative) + margin), weight)
}

## Pairs of one kind should lie together, others at least `margin` apart: the mean of d^2 / 2 where `same` is 1, and of
## max(0, margin - d)^2 / 2 where it is 0, with d = |a - b|.
##
## a, b: [batch, size]; same: [batch] of 1 and 0 or truth values.
## Hadsell, Chopra, LeCun: Dimensionality reduction by learning an invariant mapping, 2006.
fn contrastive(a, b, same, margin = 1.0, weight = none) {
  require_equal_shapes("contrastive", a, b)
  let (a, b, same) = (counted(a, weight), counted(b, weight), counted(same, weight))
  let distance = norm(a - b, axis: -1)
  weighted_mean(where(same > 0, distance, maximum(0, margin - distance)) ^ 2 / 2, weight)
}

## 1 - the cosine of the angle between prediction and target along the last dimension, a mean over the batch.
fn cosine_distance(prediction, target, weight = none) {
  require_equal_shapes("cosine_distance", prediction, target)
  let (prediction, target) = (counted(prediction, weight), counted(target, weight))
  weighted_mean(1 - cosine_similarity(prediction, target), weight)
}

## Pairs of one kind should point the same way: 1 - cos where `same` is 1, max(0, cos - margin) where it is 0 (or -1).
## a, b: [batch, size]. PyTorch's cosine_embedding_loss.
fn cosine_embedding(a, b, same, margin = 0.0, weight = none) {
  require_equal_shapes("cosine_embedding", a, b)
  let (a, b, same) = (counted(a, weight), counted(b, weight), counted(same, weight))
  let cos = cosine_similarity(a, b)
  weighted_mean(where(same > 0, 1 - cos, maximum(0, cos - margin)), weight)
}

"""###,
      names: ["hinge", "squared_hinge", "multi_margin", "focal", "binary_focal", "triplet", "contrastive", "cosine_distance", "cosine_embedding"]),
    File(
      name: "stdlib/masking.mdl",
      source: ###"""
## Hiding words or columns for a network to guess: denoising, and pre-training without labels.

## Token ids with some places hidden: {x, hidden}. ids: [...], hidden: truth values of the same shape.
##
## Each place, except those that hold an id of `keep` (padding), is chosen with chance `part` and becomes the id `mask`.
## With `words` (how many ids there are) a tenth of the chosen becomes any word instead and a tenth stays as it is.
## `seed: n` draws by n alone. Train with `cross_entropy(net(m.x), ids, weight: m.hidden)`.
## Devlin, Chang, Lee, Toutanova: BERT: pre-training of deep bidirectional transformers, 2019, section 3.1.
fn mask_words(ids, mask, part = 0.15, words = none, keep = [0], seed = none) {
  _check_part("mask_words", part)
  _drawn_by(seed, () -> {
    let free = fold(list(keep), ids == ids, (left, id) -> left and ids != id)
    let hidden = uniform(shape(ids)) < part and free
    let x = where(hidden, mask, ids)
    if words == none {
      { x: x, hidden: hidden }
    } else {
      let lot = uniform(shape(ids))
      let other = where(lot < 0.9, integers(words, shape(ids)), ids)
      { x: where(hidden and lot >= 0.8, other, x), hidden: hidden }
    }
  })
}

## Rows with some cells hidden: {x, hidden}. x: [rows, columns], hidden: truth values of the same shape.
##
## Each cell is chosen with chance `part` and becomes `value`: 0 is the mean after `normalize`. `seed: n` draws by n
## alone. A denoising autoencoder learns with `mse(net(m.x), x, weight: m.hidden)` or on all cells. Vincent, Larochelle,
## Bengio, Manzagol: Extracting and composing robust features with denoising autoencoders, 2008.
fn mask_columns(x, part = 0.15, value = 0.0, seed = none) {
  _check_part("mask_columns", part)
  _drawn_by(seed, () -> {
    let hidden = uniform(shape(x)) < part
    { x: where(hidden, value, x), hidden: hidden }
  })
}

fn _check_part(name, part) {
  if not (part > 0 and part <= 1) {
    error("{name}: the part to hide is {part}, expected a number above 0 and at most 1", help: "0.15 is usual")
  }
}

fn _drawn_by(seed, draw) = if seed == none { draw() } else { seeded(seed, draw) }

"""###,
      names: ["mask_words", "mask_columns"]),
    File(
      name: "stdlib/metrics.mdl",
      source: ###"""
## Metrics of classes: what chosen classes are worth, as scikit-learn defines it.
##
## A prediction is what `predict` gives (probabilities), logits, or class ids; the target holds class ids, or one row of
## class probabilities for each example. Results are numbers of the program, not tensors. `weight`, one number for each
## example, says how much it counts.

## The class that a prediction chooses for each example.
##
## Of [..., classes] the largest; of one number an example, class 1 where a probability is above 0.5 or a logit above 0.
## Probabilities are known by the mark that softmax and sigmoid leave. Ids stay as they are.
fn class_ids(prediction) =
  if dtype(prediction) == "i64" or dtype(prediction) == "bool" {
    i64(flatten(prediction))
  } else if rank(prediction) >= 2 and shape(prediction)[-1] > 1 {
    flatten(argmax(prediction, axis: -1))
  } else {
    i64(flatten(prediction) > _threshold(prediction))
  }

# Where a score begins to mean yes.
fn _threshold(prediction) = if is_probabilities(prediction) { 0.5 } else { 0.0 }

## The class ids of a target, one for each example: ids as they are, of [..., classes] the largest.
fn target_ids(target) =
  if rank(target) >= 2 and shape(target)[-1] > 1 and dtype(target) != "i64" {
    flatten(argmax(target, axis: -1))
  } else {
    i64(flatten(target))
  }

# The ids on both sides, of one length.
fn _both_ids(metric, prediction, target) {
  let chosen = class_ids(prediction)
  let right = target_ids(target)
  if rows(chosen) != rows(right) {
    error("{metric} compares one prediction with one target, and got {rows(chosen)} and {rows(right)} of them")
  }
  (chosen, right)
}

## The weights of n examples in double precision: ones where none are given.
fn example_weights(metric, weight, n) {
  if weight == none {
    f64(full([n], 1.0))
  } else {
    if rows(weight) != n { error("{metric} takes one weight for each example, and got {rows(weight)} for {n} of them") }
    f64(flatten(weight))
  }
}

## The part of the examples whose class is right.
## Example: accuracy([0, 1, 1, 2], [0, 1, 2, 2]) is 0.75.
fn accuracy(prediction, target, weight = none) {
  let (chosen, right) = _both_ids("accuracy", prediction, target)
  if weight == none {
    float(mean(f64(chosen == right)))
  } else {
    let w = example_weights("accuracy", weight, rows(chosen))
    float(sum(w * f64(chosen == right)) / sum(w))
  }
}

# [examples, labels] truth values: which labels are wrong. One column where each example has one class.
fn _wrong_labels(metric, prediction, target) {
  if rank(target) == 2 and shape(target)[-1] > 1 and shape(prediction) == shape(target) {
    let whole = dtype(prediction) == "i64" or dtype(prediction) == "bool"
    let chosen = if whole { i64(prediction) } else { i64(prediction > _threshold(prediction)) }
    chosen != i64(target)
  } else {
    let (chosen, right) = _both_ids(metric, prediction, target)
    (chosen != right)[:, none]
  }
}

## The part of the labels that are wrong.
##
## Of a target [examples, labels] of 0 and 1 (several labels may hold), each label is decided by itself; of class ids it
## is 1 - accuracy.
fn hamming(prediction, target) = float(mean(f64(_wrong_labels("hamming", prediction, target))))

## The part of the examples that are not right in every label; of class ids it is 1 - accuracy.
fn zero_one(prediction, target) = float(mean(f64(any(_wrong_labels("zero_one", prediction, target), axis: 1))))

## The part of the examples whose right class is among the k with the highest scores.
##
## scores: [examples, classes]. Of equal scores the later class stands first, as in scikit-learn.
fn top_k_accuracy(scores, target, k = 2, weight = none) {
  require_count("top_k_accuracy's k", k)
  let right = target_ids(target)[:, none]
  let own = take_along(scores, right, axis: 1)
  let above = scores > expand(own, shape(scores))
  let tied = scores == expand(own, shape(scores)) and expand(arange(shape(scores)[1])[none], shape(scores)) > right
  let hits = f64(sum(i64(above or tied), axis: 1) < k)
  let w = example_weights("top_k_accuracy", weight, rows(scores))
  float(sum(w * hits) / sum(w))
}

## How often each class (row) was taken for each class (column): [classes, classes].
##
## `normalize` divides by the examples of the class ("actual": rows sum to 1), by the predictions ("predicted": columns
## sum to 1) or by all of them ("all"); where there are none it gives 0. Otherwise the numbers are whole.
## Example: confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2]) is [[1, 0, 0], [0, 1, 0], [0, 1, 1]].
fn confusion_matrix(prediction, target, classes = none, normalize = none, weight = none) {
  let (chosen, right) = _both_ids("confusion_matrix", prediction, target)
  let least = minimum(int(min(chosen)), int(min(right)))
  if least < 0 {
    error("class {least} occurs; class ids count from 0", help: "leave such examples out, `take(x, ids)` keeps others")
  }
  let found = maximum(int(max(chosen)), int(max(right))) + 1
  let n = if classes == none { maximum(found, 2) } else { classes }
  if found > n { error("class {found - 1} occurs, and `classes` says that there are {n} (ids from 0)") }
  let cells = right * n + chosen
  let matrix = reshape(if weight == none {
    count_ids(cells, n * n)
  } else {
    scatter_add(example_weights("confusion_matrix", weight, rows(chosen)), cells, n * n)
  }, [n, n])
  match normalize {
    none -> matrix
    "actual" -> _ratio(f64(matrix), f64(expand(sum(matrix, axis: 1, keep: true), [n, n])), 0.0)
    "predicted" -> _ratio(f64(matrix), f64(expand(sum(matrix, axis: 0, keep: true), [n, n])), 0.0)
    "all" -> f64(matrix) / sum(f64(matrix))
    _ -> error("confusion_matrix cannot normalize by `{normalize}`", help: "it is actual, predicted or all")
  }
}

fn _ratio(top, bottom, empty) = where(bottom > 0, top / where(bottom > 0, bottom, 1), empty)

# top / bottom by class (or label, or example), then brought to one number.
fn _averaged(metric, counts, top, bottom, average, positive, empty) {
  let {actual, share} = counts
  let each = _ratio(top, bottom, empty)
  let kind = if average != none { average } else if not counts.many and rows(actual) == 2 { "binary" } else { "macro" }
  if counts.many and kind == "binary" {
    error("{metric}: several labels of an example have no average `binary`",
      help: "it is macro, micro, weighted, samples, or each")
  }
  match kind {
    "binary" -> float(each[positive])
    "micro" -> float(_ratio(sum(top), sum(bottom), empty))
    "macro" -> float(sum(each * share) / sum(share))
    "samples" -> if counts.many { float(sum(each * share) / sum(share)) } else {
      error("{metric}: the average `samples` is for several labels of each example")
    }
    "weighted" -> float(_ratio(sum(each * actual), sum(actual), empty))
    "each" -> each
    _ -> error("{metric} has no average `{kind}`", help: "it is binary, macro, micro, weighted, samples, or each")
  }
}

# By class: what was hit, what was predicted, what is there, of how many, and what each counts in a mean.
fn _decided(metric, prediction, target, weight, multilabel, average) {
  let fits = rank(target) == 2 and shape(target)[-1] > 1 and shape(prediction) == shape(target)
  let chosen = dtype(prediction) == "i64" or dtype(prediction) == "bool"
  let whole = dtype(target) == "bool" or dtype(target) == "i64" and not chosen
  if multilabel == true and not fits {
    let found = "{shape(prediction)} and {shape(target)}"
    error("{metric}: several labels are [examples, labels] on both sides, and got {found}")
  }
  if multilabel == true or multilabel == none and fits and whole {
    let yes = f64(if chosen { bool(prediction) } else { prediction > _threshold(prediction) })
    let right = f64(bool(target))
    let w = example_weights(metric, weight, rows(target))
    let by_example = average == "samples"
    let count = x -> if by_example { sum(x, axis: 1) } else { sum(w[:, none] * x, axis: 0) }
    let total = count(ones_like(right))
    {
      hits: count(yes * right), predicted: count(yes), actual: count(right), total: total, many: true,
      share: if by_example { w } else { ones_like(total) }
    }
  } else {
    let {matrix, hits, predicted, actual} = _counts(prediction, target, weight)
    # A class that occurs neither among the targets nor among the predictions does not count in a mean.
    {
      hits: hits, predicted: predicted, actual: actual, total: sum(matrix), many: false,
      share: f64(actual + predicted > 0)
    }
  }
}

# By class: the matrix, what was hit, what was predicted, what is there.
fn _counts(prediction, target, weight) {
  let matrix = f64(confusion_matrix(prediction, target, weight: weight))
  { matrix: matrix, hits: diag(matrix), predicted: sum(matrix, axis: 0), actual: sum(matrix, axis: 1) }
}

## Of the examples taken for a class, the part that belongs to it: hits / predicted.
##
## `average` is "binary" (of the class `positive`; the rule for two classes), "macro" (the mean over classes; the rule
## for more), "micro" (over all examples), "weighted" (by the size of each class) or "each" (a tensor). A class that was
## never predicted counts as `empty`.
##
## Several labels of each example: target and prediction [examples, labels], each label decided by itself. It is so
## where the target holds truth values, or whole numbers beside probabilities or logits; `multilabel: true` says so of
## others. The averages are then over labels, "macro" unless given; "samples" is the mean over examples.
fn precision(prediction, target, average = none, positive = 1, empty = 0.0, weight = none, multilabel = none) {
  let counts = _decided("precision", prediction, target, weight, multilabel, average)
  let {hits, predicted} = counts
  _averaged("precision", counts, hits, predicted, average, positive, empty)
}

## Of the examples of a class, the part that was found (sensitivity): hits / actual. `average` as in `precision`.
fn recall(prediction, target, average = none, positive = 1, empty = 0.0, weight = none, multilabel = none) {
  let counts = _decided("recall", prediction, target, weight, multilabel, average)
  let {hits, actual} = counts
  _averaged("recall", counts, hits, actual, average, positive, empty)
}

## Of the examples that are not of a class, the part that was not taken for it: the recall of "not this class".
## `average` as in `precision`.
fn specificity(prediction, target, average = none, positive = 1, empty = 0.0, weight = none, multilabel = none) {
  let counts = _decided("specificity", prediction, target, weight, multilabel, average)
  let {hits, predicted, actual, total} = counts
  let others = total - actual
  _averaged("specificity", counts, others - (predicted - hits), others, average, positive, empty)
}

## The harmonic mean of precision and recall: 2 hits / (predicted + actual). `average` as in `precision`.
## van Rijsbergen: Information retrieval, 1979.
fn f1(prediction, target, average = none, positive = 1, empty = 0.0, weight = none, multilabel = none) {
  let counts = _decided("f1", prediction, target, weight, multilabel, average)
  let {hits, predicted, actual} = counts
  _averaged("f1", counts, 2 * hits, predicted + actual, average, positive, empty)
}

## The F score where recall counts `beta` times as much as precision: (1 + beta^2) hits / (beta^2 actual + predicted).
## `average` as in `precision`.
fn fbeta(prediction, target, beta = 2.0, average = none, positive = 1, empty = 0.0, weight = none, multilabel = none) {
  let counts = _decided("fbeta", prediction, target, weight, multilabel, average)
  let {hits, predicted, actual} = counts
  _averaged("fbeta", counts, (1 + beta ^ 2) * hits, beta ^ 2 * actual + predicted, average, positive, empty)
}

## What prediction and target share of a class, over what either has: hits / (predicted + actual - hits).
## `average` as in `precision`. Jaccard: The distribution of the flora in the alpine zone, 1912.
fn jaccard(prediction, target, average = none, positive = 1, empty = 0.0, weight = none, multilabel = none) {
  let counts = _decided("jaccard", prediction, target, weight, multilabel, average)
  let {hits, predicted, actual} = counts
  _averaged("jaccard", counts, hits, predicted + actual - hits, average, positive, empty)
}

## The mean of the recall of each class that occurs, so that rare classes count as much as common ones.
##
## `adjusted: true` puts chance at 0: (value - 1 / classes) / (1 - 1 / classes).
fn balanced_accuracy(prediction, target, adjusted = false, weight = none) {
  let {hits, actual} = _counts(prediction, target, weight)
  let occurs = f64(actual > 0)
  let value = float(sum(_ratio(hits, actual, 0.0) * occurs) / sum(occurs))
  let chance = 1 / float(sum(occurs))
  if adjusted { (value - chance) / (1 - chance) } else { value }
}

## The correlation of prediction and target, -1 to 1, for any number of classes; 0 where one of them never changes.
## Matthews 1975; Gorodkin: Comparing two K-category assignments by a K-category correlation coefficient, 2004.
fn matthews(prediction, target, weight = none) {
  let {matrix, hits, predicted, actual} = _counts(prediction, target, weight)
  let all = sum(matrix)
  let spread = (all ^ 2 - sum(actual ^ 2)) * (all ^ 2 - sum(predicted ^ 2))
  if spread == 0 { 0.0 } else { float((sum(hits) * all - sum(actual * predicted)) / sqrt(spread)) }
}

## How far two judges agree beyond chance: 1 - seen disagreement / expected disagreement.
##
## `distance: "linear"` or `"quadratic"` makes classes that lie far apart disagree more. Not a number when both judges
## always name the same class. Cohen: A coefficient of agreement for nominal scales, 1960.
fn cohen_kappa(prediction, target, distance = none, weight = none) {
  let {matrix, predicted, actual} = _counts(prediction, target, weight)
  let n = rows(matrix)
  let apart = abs(f64(expand(arange(n)[:, none], [n, n]) - arange(n)))
  let cost = match distance {
    none -> f64(apart > 0)
    "linear" -> apart
    "quadratic" -> apart ^ 2
    _ -> error("cohen_kappa has no distance `{distance}`", help: "it is linear or quadratic, or left out")
  }
  1 - float(sum(cost * matrix)) / float(sum(cost * outer(actual, predicted)) / sum(matrix))
}

## Precision, recall and F1 of each class that occurs, and their means, as a table of text.
##
## `names` are those of the classes (`data.classes`); `digits` how many decimal places are shown.
fn classification_report(prediction, target, names = none, digits = 2) {
  let {matrix, hits, predicted, actual} = _counts(prediction, target, none)
  let present = filter(0..<rows(matrix), class -> actual[class] + predicted[class] > 0)
  let labels = map(present, class -> if names == none { "{class}" } else { "{names[class]}" })
  let width = maximum(fold(labels, 0, (most, label) -> maximum(most, length(label))), length("weighted avg"))
  let cell = value -> text(value, ">10.{digits}f")
  let line = (label, values, support) -> text(label, ">{width}") + " " + join(map(values, cell)) + text(support, ">10")
  let (p, r, f) = (_ratio(hits, predicted, 0.0), _ratio(hits, actual, 0.0), _ratio(2 * hits, predicted + actual, 0.0))
  let all = int(sum(actual))
  let mean_of = weight -> map([p, r, f], values -> float(sum(values * weight) / sum(weight)))
  let table = map(zip(present, labels), ((class, label)) ->
    line(label, map([p, r, f], values -> float(values[class])), int(actual[class])))
  let blank = repeat(" ", 20)
  join([
    repeat(" ", width) + "  precision    recall  f1-score   support", "", join(table, "\n"), "",
    text("accuracy", ">{width}") + " " + blank + cell(accuracy(prediction, target)) + text(all, ">10"),
    line("macro avg", mean_of(f64(actual + predicted > 0)), all), line("weighted avg", mean_of(actual), all)
  ], "\n")
}

"""###,
      names: ["class_ids", "target_ids", "example_weights", "accuracy", "hamming", "zero_one", "top_k_accuracy", "confusion_matrix", "precision", "recall", "specificity", "f1", "fbeta", "jaccard", "balanced_accuracy", "matthews", "cohen_kappa", "classification_report"]),
    File(
      name: "stdlib/metrics_of_numbers.mdl",
      source: ###"""
## Metrics of predicted numbers (regression), as scikit-learn defines them; the losses `mse`, `mae`, `huber` and
## `pinball` serve as metrics, too.
##
## Prediction and target have one shape, [examples] or [examples, columns]. Of several columns the result is the mean,
## or with `average: "each"` a tensor of one value for each. `weight`, one number an example, says how much it counts.

# Both sides as [examples, columns] in double precision, and the weights [examples, 1].
fn _columns(metric, prediction, target, weight) {
  if shape(prediction) != shape(target) {
    error("{metric} compares tensors of one shape, and got {shape(prediction)} and {shape(target)}",
      help: "`target[..., none]` adds a last dimension of size 1, `prediction[..., 0]` takes it away")
  }
  if size(target) == 0 { error("{metric} needs at least one example") }
  let p = reshape(f64(prediction), [rows(prediction), -1])
  let w = example_weights(metric, weight, rows(p))
  (p, reshape(f64(target), [rows(target), -1]), expand(w[:, none], shape(p)) / sum(w))
}

fn _averaged(metric, each, average) = match average {
  "mean" -> float(mean(each))
  "each" -> each
  _ -> error("{metric} has no average `{average}`", help: "it is mean or each")
}

## The root of the mean squared error, in the units of the target.
fn rmse(prediction, target, average = "mean", weight = none) {
  let (p, y, w) = _columns("rmse", prediction, target, weight)
  _averaged("rmse", sqrt(sum(w * (p - y) ^ 2, axis: 0)), average)
}

## The middle of |prediction - target|: far-off examples do not matter.
fn median_absolute_error(prediction, target, average = "mean") {
  let (p, y, _) = _columns("median_absolute_error", prediction, target, none)
  _averaged("median_absolute_error", median(abs(p - y), axis: 0), average)
}

## The mean of |prediction - target| / |target|: 0.1 is off by a tenth. A target of 0 counts as 2.2e-16.
fn mape(prediction, target, average = "mean", weight = none) {
  let (p, y, w) = _columns("mape", prediction, target, weight)
  _averaged("mape", sum(w * abs(p - y) / maximum(abs(y), 2.220446049250313e-16), axis: 0), average)
}

## The largest |prediction - target|.
fn max_error(prediction, target) {
  let (p, y, _) = _columns("max_error", prediction, target, none)
  float(max(abs(p - y)))
}

## The mean of (log(1 + prediction) - log(1 + target))^2, for numbers above -1: errors count by their proportion.
fn msle(prediction, target, average = "mean", weight = none) {
  let (p, y, w) = _columns("msle", prediction, target, weight)
  if any(p <= -1) or any(y <= -1) { error("msle takes numbers above -1") }
  _averaged("msle", sum(w * (log1p(p) - log1p(y)) ^ 2, axis: 0), average)
}

## The root of `msle`.
fn rmsle(prediction, target, average = "mean", weight = none) =
  _averaged("rmsle", sqrt(msle(prediction, target, average: "each", weight: weight)), average)

# The variance by column under weights that sum to 1. Seen from the first row, so that equal numbers have exactly none.
fn _spread(x, w) {
  let shifted = x - x[0..<1]
  sum(w * (shifted - sum(w * shifted, axis: 0)) ^ 2, axis: 0)
}

# 1 - missed / spread by column; a target that never changes gives 1 when it is met and 0 otherwise.
fn _explained(metric, missed, spread, average) {
  let each = where(spread > 0, 1 - missed / where(spread > 0, spread, 1), f64(missed == 0))
  if average == "weighted" { float(sum(each * spread) / sum(spread)) } else { _averaged(metric, each, average) }
}

## The part of the target's variance that the prediction explains: 1 - sum((y - p)^2) / sum((y - mean(y))^2).
##
## A target that never changes gives 1 when it is met and 0 otherwise; one example gives NaN. `average` is "mean" or
## "weighted" (by the variance of each column) or "each".
fn r2(prediction, target, average = "mean", weight = none) {
  let (p, y, w) = _columns("r2", prediction, target, weight)
  if rows(y) < 2 {
    nan
  } else {
    _explained("r2", sum(w * (y - p) ^ 2, axis: 0), _spread(y, w), average)
  }
}

## As `r2`, but a constant error is forgiven: 1 - variance(y - p) / variance(y). `average` as in `r2`.
fn explained_variance(prediction, target, average = "mean", weight = none) {
  let (p, y, w) = _columns("explained_variance", prediction, target, weight)
  _explained("explained_variance", _spread(y - p, w), _spread(y, w), average)
}

## The mean deviance of a Tweedie distribution: how unlikely the target is when the prediction is its mean.
##
## `power` 0 is the squared error (normal), 1 Poisson: 2 (y log(y / p) - y + p), 2 gamma: 2 (log(p / y) + y / p - 1);
## between 1 and 2 compound Poisson, 3 inverse Gaussian. Predictions are above 0 where the power is 1 or more or below
## 0, and targets at least 0, from 2 on above 0.
fn tweedie_deviance(prediction, target, power = 0, weight = none) {
  let (p, y, w) = _columns("tweedie_deviance", prediction, target, weight)
  if power > 0 and power < 1 { error("tweedie_deviance: there is no Tweedie distribution of a power between 0 and 1") }
  if power != 0 and any(p <= 0) { error("tweedie_deviance with power {power} takes predictions above 0") }
  if power >= 1 and any(y < 0) { error("tweedie_deviance with power {power} takes targets of at least 0") }
  if power >= 2 and any(y <= 0) { error("tweedie_deviance with power {power} takes targets above 0") }
  let each = if power == 0 {
    (y - p) ^ 2
  } else if power == 1 {
    2 * (where(y > 0, y * log(where(y > 0, y, 1) / p), 0) - y + p)
  } else if power == 2 {
    2 * (log(p / y) + y / p - 1)
  } else {
    let (a, b) = (1 - power, 2 - power)
    2 * (maximum(y, 0) ^ b / (a * b) - y * p ^ a / a + p ^ b / b)
  }
  float(mean(sum(w * each, axis: 0)))
}

"""###,
      names: ["rmse", "median_absolute_error", "mape", "max_error", "msle", "rmsle", "r2", "explained_variance", "tweedie_deviance"]),
    File(
      name: "stdlib/metrics_of_scores.mdl",
      source: ###"""
## Metrics of scores and probabilities: curves over all thresholds, and how far probabilities can be believed.
##
## Scores are one number for each example (the higher, the rather class 1), or [examples, classes]. Definitions, ties
## and empty classes are scikit-learn's. Curves are records of f64 tensors.

# Logits would give a number that means nothing. (A mean of probabilities may be 1 and a rounding.)
fn _require_probabilities(metric, prediction) {
  let (least, most) = (float(min(prediction)), float(max(prediction)))
  if not (least >= 0 and most <= 1.000001) {
    error("{metric} takes probabilities, and got numbers from {least:.4g} to {most:.4g}",
      help: "of logits they are `softmax(logits)` or `sigmoid(logits)`; in `train` with a loss of your own say " +
        "`output: \"softmax\"` or \"sigmoid\"")
  }
}

# One score an example, in double precision: of two columns that of class 1.
fn _scores(metric, prediction) {
  if rank(prediction) < 2 or shape(prediction)[-1] == 1 {
    f64(flatten(prediction))
  } else if shape(prediction)[-1] == 2 {
    if is_probabilities(prediction) { f64(prediction[:, 1]) } else { f64(prediction[:, 1]) - f64(prediction[:, 0]) }
  } else {
    error("{metric} takes one score for each example, and got {shape(prediction)[-1]} columns",
      help: "give the scores of one class, `prediction[:, 2]`, and whether the target is that class, `target == 2`")
  }
}

# Which examples are of class 1, where there is one score for each.
fn _positives(metric, target) {
  let ids = target_ids(target)
  if size(ids) > 0 and int(max(ids)) > 1 {
    error("{metric} of one score for each example takes a target of 0 and 1, and class {int(max(ids))} occurs",
      help: "give scores [examples, classes], or ask for one class: `target == 2`")
  }
  ids == 1
}

# The positions at which a condition holds.
fn _where_true(condition) {
  let n = rows(condition)
  sort(where(condition, arange(n), n))[0..<int(sum(i64(condition)))]
}

# For each different score, from the highest down: how much of class 1 and of class 0 lies at or above it.
fn _counts_above(scores, positive, weight) {
  let unknown = int(sum(i64(is_nan(scores))))
  if unknown > 0 { error("examples are put in order by their scores, and {unknown} of {rows(scores)} scores are NaN") }
  let order = argsort(scores, descending: true)
  let sorted = take(scores, order)
  let hits = f64(take(positive, order))
  let w = take(example_weights("a curve", weight, rows(scores)), order)
  let last = _where_true(concat([sorted[1:] != sorted[:-1], [true]]))
  {
    hits: take(cumsum(w * hits, axis: 0), last)
    alarms: take(cumsum(w * (1 - hits), axis: 0), last)
    thresholds: take(sorted, last)
  }
}

## The receiver operating characteristic: {fpr, tpr, thresholds}, from the highest threshold down.
##
## At each threshold, `tpr` is the part of class 1 with a score of at least that, `fpr` the part of class 0. The first
## point is (0, 0) at infinity. `thin: true` leaves out points in the middle of a straight line. A class that does not
## occur makes its rates NaN. Fawcett: An introduction to ROC analysis, 2006.
fn roc_curve(prediction, target, thin = true, weight = none) {
  let (scores, positive) = (_scores("roc_curve", prediction), _positives("roc_curve", target))
  let {hits, alarms, thresholds} = _counts_above(scores, positive, weight)
  let n = rows(hits)
  let bends = if thin and n > 2 {
    let bend = x -> differences(differences(x, axis: 0), axis: 0) != 0
    _where_true(concat([[true], bend(hits) or bend(alarms), [true]]))
  } else {
    arange(n)
  }
  let rate = x -> concat([f64([0.0]), take(x, bends)]) / (if x[-1] == 0 { nan } else { x[-1] })
  { fpr: rate(alarms), tpr: rate(hits), thresholds: concat([f64([infinity]), take(thresholds, bends)]) }
}

## The area under a line through the points (x, y), by the trapezoid rule. x must rise or fall throughout.
## Example: area_under([0.0, 0.5, 1.0], [0.0, 1.0, 1.0]) is 0.75.
fn area_under(x, y) {
  let (x, y) = (f64(x), f64(y))
  let steps = differences(x, axis: 0)
  if not (all(steps >= 0) or all(steps <= 0)) { error("area_under takes an x that rises or falls throughout") }
  abs(float(sum(steps * (y[1:] + y[:-1]) / 2)))
}

# One class against the rest, brought to one number; `measure` takes (scores, positive, weight).
fn _against_the_rest(metric, prediction, right, average, weight, measure) {
  let classes = shape(prediction)[-1]
  let own = map(0..<classes, class -> right == class)
  if average == "micro" {
    let all = if weight == none { none } else { repeat_each(flatten(weight), classes) }
    measure(flatten(f64(prediction)), flatten(stack(own, axis: 1)), all)
  } else {
    let each = stack(map(0..<classes, class -> f64(measure(f64(prediction[:, class]), own[class], weight))))
    let sizes = stack(map(own, class -> sum(example_weights(metric, weight, rows(right)) * f64(class))))
    match average {
      "macro" -> float(mean(each))
      "weighted" -> float(sum(each * sizes) / sum(sizes))
      "each" -> each
      _ -> error("{metric} has no average `{average}`", help: "it is macro, micro, weighted, or each")
    }
  }
}

## The chance that an example of class 1 gets a higher score than one of class 0 (ties count half): the area under the
## receiver operating characteristic.
##
## prediction: scores [examples], or [examples, classes]. With more than two classes each is held against the rest and
## `average` is "macro", "micro", "weighted" (by the size of the class) or "each" (a tensor); with `pairs: true` each
## class is held against each other one ("macro" or "weighted"). Not a number when a class does not occur.
## Hanley, McNeil: The meaning and use of the area under a ROC curve, 1982; pairs: Hand, Till 2001.
fn auc(prediction, target, average = "macro", pairs = false, weight = none) {
  if rank(prediction) < 2 or shape(prediction)[-1] <= 2 {
    _auc_of_scores(_scores("auc", prediction), _positives("auc", target), weight)
  } else if pairs {
    _auc_of_pairs(f64(prediction), target_ids(target), average)
  } else {
    _against_the_rest("auc", prediction, target_ids(target), average, weight, _auc_of_scores)
  }
}

# The area by trapezoids: pairs of a class 1 and a class 0 in the right order, ties by half, over all pairs.
fn _auc_of_scores(scores, positive, weight) {
  let {hits, alarms} = _counts_above(scores, positive, weight)
  let (p, n) = (hits[-1], alarms[-1])
  if p == 0 or n == 0 {
    nan
  } else {
    let start = f64([0.0])
    area_under(concat([start, alarms]) / n, concat([start, hits]) / p)
  }
}

fn _auc_of_pairs(prediction, right, average) {
  let classes = shape(prediction)[-1]
  var (total, sizes) = (0.0, 0.0)
  for a in 0..<classes {
    for b in a + 1..<classes {
      let both = _where_true(right == a or right == b)
      let (part, of) = (take(prediction, both), take(right, both))
      let value = (_auc_of_scores(part[:, a], of == a, none) + _auc_of_scores(part[:, b], of == b, none)) / 2
      let size = match average {
        "macro" -> 1.0
        "weighted" -> float(rows(both))
        _ -> error("auc of pairs has no average `{average}`", help: "it is macro or weighted")
      }
      total += value * size
      sizes += size
    }
  }
  total / sizes
}

## {precision, recall, thresholds} at each different score, from the lowest threshold up; the last point is precision 1,
## recall 0, without a threshold. Without class 1 in the target the recall is 1 throughout.
fn precision_recall_curve(prediction, target, weight = none) =
  _precision_recall(
    _scores("precision_recall_curve", prediction), _positives("precision_recall_curve", target), weight)

fn _precision_recall(scores, positive, weight) {
  let {hits, alarms, thresholds} = _counts_above(scores, positive, weight)
  let taken = hits + alarms
  let precision = where(taken > 0, hits / where(taken > 0, taken, 1), 0)
  let recall = if hits[-1] == 0 { ones_like(hits) } else { hits / hits[-1] }
  {
    precision: concat([reverse(precision), f64([1.0])])
    recall: concat([reverse(recall), f64([0.0])])
    thresholds: reverse(thresholds)
  }
}

## The precision at each threshold, weighted by the recall that it adds: sum((R[n] - R[n-1]) P[n]); 0 without class 1.
##
## prediction: scores [examples], or [examples, classes], of which each class is held against the rest (`average` as in
## `auc`).
fn average_precision(prediction, target, average = "macro", weight = none) {
  if rank(prediction) < 2 or shape(prediction)[-1] <= 2 {
    _average_precision(_scores("average_precision", prediction), _positives("average_precision", target), weight)
  } else {
    _against_the_rest("average_precision", prediction, target_ids(target), average, weight, _average_precision)
  }
}

fn _average_precision(scores, positive, weight) {
  let {precision, recall} = _precision_recall(scores, positive, weight)
  maximum(0.0, -float(sum(differences(recall, axis: 0) * precision[:-1])))
}

## The mean of -log of the probability that was given to the right class.
##
## prediction: probabilities [examples, classes], or [examples] of class 1. They are kept away from 0 and 1 by the
## precision of their numbers.
fn log_loss(prediction, target, weight = none) {
  _require_probabilities("log_loss", prediction)
  let tiny = if dtype(prediction) == "f64" { 2.220446049250313e-16 } else { 1.1920928955078125e-7 }
  let p = clamp(f64(prediction), tiny, 1 - tiny)
  let right = target_ids(target)
  let chosen = if rank(p) >= 2 and shape(p)[-1] > 1 {
    take_along(reshape(p, [-1, shape(p)[-1]]), right[:, none], axis: -1)[:, 0]
  } else {
    where(_positives("log_loss", target), flatten(p), 1 - flatten(p))
  }
  let w = example_weights("log_loss", weight, rows(right))
  float(-sum(w * log(chosen)) / sum(w))
}

## The mean squared distance of the probabilities from what happened.
##
## prediction: [examples] of class 1, or [examples, classes]; of two classes (p - y)^2, of more the sum over the
## classes. Brier: Verification of forecasts expressed in terms of probability, 1950.
fn brier(prediction, target, weight = none) {
  _require_probabilities("brier", prediction)
  let p = f64(prediction)
  let right = target_ids(target)
  let costs = if rank(p) < 2 or shape(p)[-1] == 1 {
    (flatten(p) - f64(_positives("brier", target))) ^ 2
  } else {
    sum((p - f64(indicators(right, shape(p)[-1]))) ^ 2, axis: 1) / (if shape(p)[-1] == 2 { 2.0 } else { 1.0 })
  }
  let w = example_weights("brier", weight, rows(right))
  float(sum(w * costs) / sum(w))
}

# How many of the inner borders lie below each number: the part that it falls into.
fn _part_of(values, borders) {
  let sizes = [rows(values), rows(borders)]
  sum(i64(expand(borders[none], sizes) < expand(values[:, none], sizes)), axis: 1)
}

## How often class 1 happened where it was given about the same probability: {actual, predicted, count} for each part
## of the range that holds examples. For good probabilities `actual` is `predicted`.
##
## `by: "width"` cuts 0 to 1 into `bins` equal parts, `"count"` into parts that hold equally many examples.
fn calibration_curve(prediction, target, bins = 5, by = "width") {
  _require_probabilities("calibration_curve", prediction)
  require_count("calibration_curve's bins", bins)
  let p = _scores("calibration_curve", prediction)
  let inner = map(1..<bins, i -> i / bins)
  let borders = match by {
    "width" -> map(inner, border -> f64(border))
    "count" -> map(inner, part -> quantile(p, part))
    _ -> error("calibration_curve cannot cut by `{by}`", help: "it is width or count")
  }
  let part = if bins == 1 { i64(zeros_like(p)) } else { _part_of(p, stack(borders)) }
  let count = count_ids(part, bins)
  let used = _where_true(count > 0)
  let means = values -> take(scatter_add(values, part, bins), used) / f64(take(count, used))
  { actual: means(f64(_positives("calibration_curve", target))), predicted: means(p), count: take(count, used) }
}

## How far confidence and accuracy lie apart: the sum over parts of the range of (examples in it / all) * |accuracy -
## mean confidence|; with `worst: true` the largest distance.
##
## prediction: probabilities [examples, classes], or [examples] of class 1. Confidence is the probability of the chosen
## class, and the `bins` equal parts of 0 to 1 are open on the left.
## Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks, 2017.
fn calibration_error(prediction, target, bins = 15, worst = false) {
  _require_probabilities("calibration_error", prediction)
  require_count("calibration_error's bins", bins)
  let p = f64(prediction)
  let both = if rank(p) < 2 or shape(p)[-1] == 1 { stack([1 - flatten(p), flatten(p)], axis: 1) } else { p }
  let confidence = max(both, axis: 1)
  let right = f64(argmax(both, axis: 1) == target_ids(target))
  let borders = map(1..<bins, i -> f64(i / bins))
  let part = if bins == 1 { i64(zeros_like(confidence)) } else { _part_of(confidence, stack(borders)) }
  let apart = abs(scatter_add(right - confidence, part, bins))
  if worst {
    float(max(apart / f64(maximum(count_ids(part, bins), 1))))
  } else {
    float(sum(apart)) / rows(confidence)
  }
}

## e to the mean of -log p of what came next: as many equal choices would be as hard to guess.
##
## prediction: logits or (marked) probabilities [..., classes]; target: ids [...]. Targets equal to `ignore` (padding)
## do not count.
fn perplexity(prediction, target, ignore = none) {
  let flat = reshape(f64(prediction), [-1, shape(prediction)[-1]])
  let log_p = if is_probabilities(prediction) { log(flat) } else { log_softmax(flat) }
  let ids = flatten(target)
  let counts = if ignore == none { ids == ids } else { ids != ignore }
  let chosen = take_along(log_p, where(counts, ids, 0)[:, none], axis: 1)[:, 0]
  exp(-float(sum(where(counts, chosen, 0)) / sum(f64(counts))))
}

"""###,
      names: ["roc_curve", "area_under", "auc", "precision_recall_curve", "average_precision", "log_loss", "brier", "calibration_curve", "calibration_error", "perplexity"]),
    File(
      name: "stdlib/neural_language_models.mdl",
      source: ###"""
## Networks as language models: what comes next, from all that came before.

## A recurrent language model: ids [batch, time] to logits [batch, time, count] of what comes next at each place.
##
## A vector of `size` for each of `count` tokens, `depth` recurrent layers of `units` (`cell` is RNN, GRU or LSTM), a
## dense layer. With `tied: true` the dense layer's weights are the tokens' vectors, and `size` equals `units`.
## `net.step(ids, state)` reads on from a state (none at the beginning) and gives (logits, state).
## Mikolov and others: Recurrent neural network based language model, 2010; Press, Wolf: Using the output embedding to
## improve language models, 2017 (tied).
layer RecurrentLanguageModel(count, size, units, cell = GRU, depth = 1, dropout = 0.0, tied = false) {
  let embed = Embedding(count, size, start: if tied { (a, b) -> normal(a, b) / sqrt(b) } else { normal })
  let cells = map(0..<depth, _ -> cell(units, sequence: true, with_state: true))
  let drop = Dropout(dropout)
  let head = if tied { none } else { Dense(count) }
  fn logits(y: [batch, time, features]) {
    if tied {
      if features != size { error("tied vectors of {size} need as many units, and the last layer has {features}") }
      param offset: [count] = zeros
      y @ transpose(embed.table) + offset
    } else {
      head(y)
    }
  }
  call(ids: [batch, time]) -> [batch, time, count] {
    var y = embed(ids)
    for each in cells { y = drop(each(y)[0]) }
    logits(y)
  }
  fn step(ids: [batch, time], state) {
    var (y, kept) = (embed(ids), [])
    for (i, each) in enumerate(cells) {
      let (next, new) = each(y, state: if state == none { none } else { state[i] })
      y = next
      kept = append(kept, new)
    }
    (logits(y), kept)
  }
}

## A transformer that looks back only: ids [batch, time] to logits [batch, time, count] of what comes next at each
## place.
##
## A vector of `width` for each of `count` tokens, `blocks` causal blocks of `heads` heads whose queries and keys are
## turned by their places (`rotary`), a dense layer. `context` is the longest sequence it will be given.
## `net.step(ids, state)` reads on from a state (none at the beginning) and gives (logits, state); the state holds the
## keys and values of up to `context` places.
## Radford and others: Improving language understanding by generative pre-training, 2018; Su and others: RoFormer, 2021.
layer GPT(count, width, blocks, heads, context, dropout = 0.0) {
  let embed = Embedding(count, width, start: (a, b) -> 0.5 * normal(a, b))
  let drop = Dropout(dropout)
  let body = TransformerEncoder(blocks, heads, 4 * width, causal: true, dropout: dropout, positions: rotary)
  let head = Dense(count)
  call(ids: [batch, time]) -> [batch, time, count] {
    if time > context { error("this GPT looks back at most {context} tokens, and got a sequence of {time}") }
    ids |> embed |> drop |> body |> head
  }
  fn step(ids: [batch, time], state) {
    let empty = () -> zeros(batch, heads, context, width // heads)
    let {place, memory} = if state == none {
      { place: 0, memory: map(0..<blocks, _ -> { keys: empty(), values: empty() }) }
    } else {
      state
    }
    require(place + time <= context, "this GPT remembers at most {context} tokens, and is at its end",
      help: "begin anew from the last of them, with the state none")
    let (y, kept) = body.step(embed(ids), memory, place)
    (head(y), { place: place + time, memory: kept })
  }
}

## A network as a model for `log_probability`, `text_perplexity`, `next_tokens` and `generate_text`.
##
## net: ids [batch, time] to logits [batch, time, count]. `tokens` is a vocabulary or the list of what the ids stand
## for; "<start>" and "<end>" mark the ends of texts, "<unk>" stands for all other tokens. Without "<start>" the first
## symbol of a text is given, not guessed, and texts are drawn from a prompt. A text is a Text, a list of tokens, or the
## ids [n] that `encode` gives (those of byte pairs, say), marks included.
##
## `context` is the most tokens that the network reads at once (of a GPT its own). A longer text is judged in windows
## that overlap by half, so each symbol is judged from half a context at least. A network with a function `step`
## (RecurrentLanguageModel, GPT) draws from the state it keeps; others read all again for each token.
fn neural_language_model(net, tokens, context = none) {
  let tokens = if kind(tokens) == "list" { tokens } else { tokens.tokens }
  let is_model = kind(net) == "model"
  let context = if context == none and is_model and has_field(net, "context") { net.context } else { context }
  if context != none and context < 2 { error("a context is of 2 tokens or more, and got {context}") }
  let id_of = dict(map(enumerate(tokens), ((i, token)) -> (token, i)))
  let marks = ["<pad>", "<unk>", "<start>", "<end>"]
  let known = {
    id_of: id_of, start: get(id_of, "<start>", none), end: get(id_of, "<end>", none), other: get(id_of, "<unk>", none),
    of_words: length(filter(tokens, token -> length(token) > 1 and not contains(marks, token))) > 0
  }
  let next_after = _readers(net, is_model and has_field(net, "step"), length(tokens), context)
  let judge = compiled((ids, targets) -> {
    let log_p = log_softmax(_checked(net(ids), length(tokens)))
    take_along(log_p, targets[..., none], axis: -1)[..., 0]
  })
  {
    tokens: tokens
    end: if known.end == none { none } else { "<end>" }
    scores: texts -> _terms(map(texts, each -> _ids_of(each, known, known.end)), judge, context)
    start: before -> {
      let ids = _ids_of(before, known, none)
      if length(ids) == 0 {
        error("this model has no `<start>`: it goes on from a text", help: "give one, as in `prompt: \"The \"`")
      }
      let kept = if context == none { ids } else { _last(ids, context) }
      next_after(kept, kept, none)
    }
    next: (state, id) -> next_after(append(state.ids, id), list([id]), state.memory)
  }
}

# A function of all ids, those that are not in the memory yet, and the memory: the logits of what comes next, and a
# state {ids (those it may need again), memory}.
fn _readers(net, steps, count, context) {
  if steps {
    let read = compiled((ids, memory) -> {
      let (logits, memory) = net.step(ids, memory)
      (_checked(logits, count)[0, -1], memory)
    })
    (ids, fresh, memory) -> {
      # When the memory is full, half of it is read anew.
      let is_full = context != none and length(ids) > context
      let ids = if context == none { [] } else if is_full { _last(ids, context // 2) } else { ids }
      let (logits, memory) = if is_full { read(tensor(ids)[none], none) } else { read(tensor(fresh)[none], memory) }
      (logits, { ids: ids, memory: memory })
    }
  } else {
    let read = compiled((ids, last) -> take(_checked(net(ids[none]), count)[0], last))
    (ids, _, _) -> {
      let ids = if context == none { ids } else { _last(ids, context) }
      let padded = ids + repeat(list([0]), _room(length(ids), context) - length(ids))
      (read(tensor(padded), length(ids) - 1), { ids: ids, memory: none })
    }
  }
}

fn _checked(logits, count) {
  if shape(logits)[-1] != count {
    error("a language model gives a logit for each of its {count} tokens, and this network gives {shape(logits)[-1]}")
  }
  logits
}

fn _last(xs, count) = xs[maximum(length(xs) - count, 0):]

# Sequences are padded to powers of two, so that few programs are compiled.
fn _room(count, limit) {
  var room = 8
  while room < count { room *= 2 }
  if limit == none { room } else { minimum(room, limit) }
}

# The ids of a text, between the marks; ids are taken as they are.
fn _ids_of(each, known, end) {
  if kind(each) == "tensor" {
    list(each)
  } else {
    if kind(each) == "Text" and known.of_words {
      error("this model knows words, and got a text", help: "give a list of words, such as `words(text)`, or ids")
    }
    let ids = map(if kind(each) == "Text" { characters(each) } else { each }, token -> {
      let id = get(known.id_of, token, known.other)
      if id == none {
        error("the model does not know the token \"{token}\"",
          help: "a token \"<unk>\" of the model would stand for others")
      }
      id
    })
    let mark = id -> if id == none { [] } else { list([id]) }
    joined([mark(known.start), ids, mark(end)])
  }
}

# The terms of each text's log-probability. Windows of up to `context` are judged some at a time, the short ones first.
fn _terms(texts, judge, context) {
  var windows = []
  for (i, ids) in enumerate(texts) {
    let most = maximum(length(ids) - 1, 0)
    if context == none or most <= context {
      windows = append(windows, { text: i, ids: ids, from: 0 })
    } else {
      # Each window but the first counts what the one before did not see.
      let half = context // 2
      windows = append(windows, { text: i, ids: ids[:context + 1], from: 0 })
      var seen = context
      while seen < most {
        let upto = minimum(seen + half, most)
        windows = append(windows, { text: i, ids: ids[upto - context:upto + 1], from: context - (upto - seen) })
        seen = upto
      }
    }
  }
  let order = sorted(0..<length(windows), by: i -> length(windows[i].ids))
  var found = repeat(list([none]), length(windows))
  var first = 0
  while first < length(order) {
    let room = _room(length(windows[order[minimum(first + 63, length(order) - 1)]].ids) - 1, context)
    let chunk = order[first:minimum(first + maximum(minimum(64, 16_384 // room), 1), length(order))]
    let padded = stack(map(chunk, i -> {
      let ids = windows[i].ids
      tensor(ids + repeat(list([0]), room + 1 - length(ids)))
    }))
    let terms = judge(padded[:, :-1], padded[:, 1:])
    for (row, i) in enumerate(chunk) {
      found[i] = f64(terms[row, windows[i].from:maximum(length(windows[i].ids) - 1, 0)])
    }
    first += length(chunk)
  }
  var parts = repeat(list([[]]), length(texts))
  for (window, terms) in zip(windows, found) { parts[window.text] = append(parts[window.text], terms) }
  map(parts, each -> concat(each))
}

"""###,
      names: ["RecurrentLanguageModel", "GPT", "neural_language_model"]),
    File(
      name: "stdlib/ngrams.mdl",
      source: ###"""
## Language models by counting.

## Counts what follows each n - 1 symbols: a model for `log_probability`, `text_perplexity` and `generate_text`.
##
## `texts` is a list of texts (read by characters) or of lists of words; each ends in an end mark. The chance of a
## symbol is (its count + smoothing) / (all counts + smoothing * symbols), after the n - 1 symbols before it;
## `interpolate: w` gives the part w of it to the model of one symbol less, down to single symbols. A symbol that never
## occurred counts as one of count 0. Shannon: A mathematical theory of communication, 1948; Jelinek, Mercer 1980.
fn ngrams(texts, n = 3, smoothing = 0.1, interpolate = 0.0) {
  require_count("ngrams' n", n)
  require_not_negative("ngrams' smoothing", smoothing)
  require_share("ngrams' interpolate", interpolate)
  var symbols = dict([(_end, 0)])
  var levels = []
  for k in (if interpolate > 0 { 1 } else { n })...n {
    var (counts, totals) = (dict(), dict())
    for each in texts {
      var before = repeat([_end], k - 1)
      for symbol in _symbols(each) + [_end] {
        if not has(symbols, symbol) { symbols[symbol] = length(symbols) }
        let context = join(before, "\u{1}")
        let key = "{context}\u{2}{symbol}"
        counts[key] = get(counts, key, 0) + 1
        totals[context] = get(totals, context, 0) + 1
        if k > 1 { before = append(before[1:], symbol) }
      }
    }
    levels = append(levels, { n: k, counts: counts, totals: totals })
  }
  let tokens = keys(symbols)
  let counted = { n: n, tokens: tokens, levels: levels, smoothing: smoothing, interpolate: interpolate }
  let logits = before -> {
    let chances = map(tokens, symbol -> _chance(counted, before, symbol))
    if fold(chances, 0.0, maximum) == 0 {
      error("ngrams: nothing was counted after \"{join(before)}\", and without smoothing nothing can follow",
        help: "give `smoothing` or `interpolate` a number above 0")
    }
    (stack(map(chances, chance -> f64(log(chance)))), before)
  }
  merge(counted, {
    end: _end
    scores: texts -> map(texts, each -> _terms(counted, each))
    start: before -> logits(_last(repeat([_end], n - 1) + _symbols(before), n - 1))
    next: (before, id) -> logits(_last(append(before, tokens[id]), n - 1))
  })
}

# The end of a text is a symbol, too; the start is written with as many of them as the context is long.
let _end = "\u{3}"

fn _symbols(each) = if kind(each) == "Text" { characters(each) } else { each }

fn _last(xs, count) = xs[length(xs) - count:]

# The log of each symbol's chance given those before it.
fn _terms(model, each) {
  var before = repeat([_end], model.n - 1)
  tensor(map(_symbols(each) + [_end], symbol -> {
    let chance = _chance(model, before, symbol)
    if model.n > 1 { before = append(before[1:], symbol) }
    log(chance)
  })) |> f64
}

# The chance of a symbol after a list of the symbols before it.
fn _chance(model, before, symbol) {
  var chance = 0.0
  for (i, level) in enumerate(model.levels) {
    let context = join(_last(before, level.n - 1), "\u{1}")
    let count = get(level.counts, "{context}\u{2}{symbol}", 0)
    let total = get(level.totals, context, 0)
    let bottom = total + model.smoothing * length(model.tokens)
    let own = if bottom == 0 { 0.0 } else { (count + model.smoothing) / bottom }
    let share = if i == 0 { 1.0 } else if total == 0 { 0.0 } else { 1 - model.interpolate }
    chance = share * own + (1 - share) * chance
  }
  chance
}

"""###,
      names: ["ngrams"]),
    File(
      name: "stdlib/normalization.mdl",
      source: ###"""
## Normalisation beside LayerNorm and BatchNorm.

## Numbers of each example divided by their root mean square over the last dimension, then scaled.
##
## scale * x / sqrt(mean(x^2) + epsilon): a LayerNorm that keeps the mean.
## Zhang, Sennrich: Root mean square layer normalization, 2019.
layer RMSNorm(epsilon = 1e-5) {
  require_not_negative("RMSNorm's epsilon", epsilon)
  call(x: [..., features]) -> [..., features] {
    param scale: [features] = ones
    scale * (x / sqrt(mean(x * x, axis: -1, keep: true) + epsilon))
  }
}

## The channels of each example in groups, each group brought to mean 0 and variance 1, then each channel scaled and
## shifted.
##
## x: [batch, channels, ...], the channels side by side in `groups` equal groups. It does not depend on the batch.
## Wu, He: Group normalization, 2018.
layer GroupNorm(groups, epsilon = 1e-5) {
  require_count("GroupNorm's groups", groups)
  require_not_negative("GroupNorm's epsilon", epsilon)
  call(x: [batch, channels, ...]) -> [batch, channels, ...] {
    if channels % groups != 0 {
      error("GroupNorm divides the channels into {groups} groups, and got {channels} channels")
    }
    param scale: [channels] = ones
    param shift: [channels] = zeros
    let grouped = reshape(x, (batch, groups, -1))
    let centred = grouped - mean(grouped, axis: -1, keep: true)
    let spread = sqrt(mean(centred * centred, axis: -1, keep: true) + epsilon)
    let y = reshape(centred / spread, (batch, channels, -1))
    reshape(y * scale[none, :, none] + shift[none, :, none], shape(x))
  }
}

"""###,
      names: ["RMSNorm", "GroupNorm"]),
    File(
      name: "stdlib/optimizers.mdl",
      source: ###"""
## Optimizers: how parameters follow their gradients. Each is two small functions of one parameter p and its gradient g:
## `start` makes its state, `step` gives the new p and state; t counts the steps from 1.
##
## `rate` is a number or a schedule; an optimizer that gives it as a field tells it to the callbacks of `train`, and
## `plateau` can hold it to `least`. The formulas are PyTorch's.

# The numbers of an optimizer are in their ranges; betas are shares of what was before.
fn _require_numbers(name, rate, decay, betas = [], epsilon = 0) {
  require_rate("{name}'s rate", rate)
  require_not_negative("{name}'s decay", decay)
  for beta in betas { require_share("{name}'s beta", beta) }
  require_not_negative("{name}'s epsilon", epsilon)
}

# The gradient with the pull of an L2 penalty on p.
fn _decayed(g, p, decay) = if decay == 0 { g } else { g + decay * p }

## p - rate * g.
##
## `decay` adds decay * p to the gradient (weight decay as an L2 penalty), here and below.
## Robbins, Monro: A stochastic approximation method, 1951.
fn gradient_descent(rate = 0.01, decay = 0.0) {
  _require_numbers("gradient_descent", rate, decay)
  optimizer {
    rate: rate
    start: p -> none
    step: (p, g, s, t) -> (p - at(rate, t) * _decayed(g, p, decay), none)
  }
}

## Gradient descent with a velocity: v = beta * v + g; p - rate * v.
## Polyak: Some methods of speeding up the convergence of iteration methods, 1964.
fn momentum(rate = 0.01, beta = 0.9, decay = 0.0) {
  _require_numbers("momentum", rate, decay, betas: (beta,))
  optimizer {
    rate: rate
    start: p -> zeros_like(p)
    step: (p, g, s, t) -> {
      let v = beta * s + _decayed(g, p, decay)
      (p - at(rate, t) * v, v)
    }
  }
}

## Momentum that looks ahead: v = beta * v + g; p - rate * (g + beta * v).
## Nesterov 1983, in the form of Sutskever, Martens, Dahl, Hinton: On the importance of initialization, 2013.
fn nesterov(rate = 0.01, beta = 0.9, decay = 0.0) {
  _require_numbers("nesterov", rate, decay, betas: (beta,))
  optimizer {
    rate: rate
    start: p -> zeros_like(p)
    step: (p, g, s, t) -> {
      let g = _decayed(g, p, decay)
      let v = beta * s + g
      (p - at(rate, t) * (g + beta * v), v)
    }
  }
}

## Smaller steps for parameters that had large gradients: s = s + g^2; p - rate * g / (sqrt(s) + epsilon).
## Duchi, Hazan, Singer: Adaptive subgradient methods, 2011.
fn adagrad(rate = 0.01, epsilon = 1e-10, decay = 0.0) {
  _require_numbers("adagrad", rate, decay, epsilon: epsilon)
  optimizer {
    rate: rate
    start: p -> zeros_like(p)
    step: (p, g, s, t) -> {
      let g = _decayed(g, p, decay)
      let s = s + g * g
      (p - at(rate, t) * g / (sqrt(s) + epsilon), s)
    }
  }
}

## Adagrad that forgets: s = beta * s + (1 - beta) * g^2; p - rate * g / (sqrt(s) + epsilon).
## Tieleman, Hinton: Lecture 6.5 of Neural networks for machine learning, 2012.
fn rmsprop(rate = 0.01, beta = 0.99, epsilon = 1e-8, decay = 0.0) {
  _require_numbers("rmsprop", rate, decay, betas: (beta,), epsilon: epsilon)
  optimizer {
    rate: rate
    start: p -> zeros_like(p)
    step: (p, g, s, t) -> {
      let g = _decayed(g, p, decay)
      let s = beta * s + (1 - beta) * g * g
      (p - at(rate, t) * g / (sqrt(s) + epsilon), s)
    }
  }
}

## Means of the gradient (m) and of its square (v), both corrected for their start at 0:
## p - rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
## Kingma, Ba: Adam, a method for stochastic optimization, 2015.
fn adam(rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0.0) {
  _require_numbers("adam", rate, decay, betas: (beta1, beta2), epsilon: epsilon)
  optimizer {
    rate: rate
    start: p -> { m: zeros_like(p), v: zeros_like(p) }
    step: (p, g, s, t) -> {
      let g = _decayed(g, p, decay)
      let m = beta1 * s.m + (1 - beta1) * g
      let v = beta2 * s.v + (1 - beta2) * g * g
      let change = (m / (1 - beta1 ^ t)) / (sqrt(v / (1 - beta2 ^ t)) + epsilon)
      (p - at(rate, t) * change, { m: m, v: v })
    }
  }
}

## Adam with weight decay apart from the gradient: p first shrinks by rate * decay * p, then takes Adam's step.
## Loshchilov, Hutter: Decoupled weight decay regularization, 2019.
fn adamw(rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0.01) {
  _require_numbers("adamw", rate, decay, betas: (beta1, beta2), epsilon: epsilon)
  optimizer {
    rate: rate
    start: p -> { m: zeros_like(p), v: zeros_like(p) }
    step: (p, g, s, t) -> {
      let m = beta1 * s.m + (1 - beta1) * g
      let v = beta2 * s.v + (1 - beta2) * g * g
      let change = (m / (1 - beta1 ^ t)) / (sqrt(v / (1 - beta2 ^ t)) + epsilon)
      (p * (1 - at(rate, t) * decay) - at(rate, t) * change, { m: m, v: v })
    }
  }
}

"""###,
      names: ["gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]),
    File(
      name: "stdlib/pictures.mdl",
      source: ###"""
## Changes of images [..., channels, height, width], and random changes for training (`augment`).
##
## `size` is one number for a square, or (height, width). Without a function of their own: a part of an image is
## `x[..., 2..<26, 2..<26]`, its mirror image `reverse(x, -1)`, upside down `reverse(x, -2)`.

## Images [..., height, width] in another size, by bilinear interpolation with antialias as in Pillow and PyTorch: each
## pixel is a mean of old ones, weighted by a triangle that is as wide as a new pixel where the image shrinks.
##
## Of a dataset: a step that does the same to its images. Example: resize([[0.0, 1], [2, 3]], 1) is [[1.5]].
fn resize(x, size) = if kind(x) == "dataset" {
  image_step(x, "resize", size)
} else {
  let (h, w) = _image_size(x, size, "resize")
  _resampling(x, shape(x)[-2], h) @ x @ transpose(_resampling(x, shape(x)[-1], w))
}

# [new, old], in the precision of x: what each old pixel of a line counts in each new one.
fn _resampling(x, old, new) {
  let scale = old / new
  let centre = expand(((f64(arange(new)) + 0.5) * scale)[:, none], (new, old))
  let weight = relu(1 - abs(f64(arange(old)) + 0.5 - centre) / maximum(scale, 1))
  _as_precise(weight / sum(weight, axis: 1)[:, none], x)
}

fn _as_precise(values, x) = if dtype(x) == "f64" { values } else { f32(values) }

## The middle of images [..., height, width]; of an odd rest the smaller half lies before it. Of a dataset: a step that
## does the same to its images.
fn centre_crop(x, size) = if kind(x) == "dataset" {
  image_step(x, "centre_crop", size)
} else {
  let (h, w) = _image_size(x, size, "centre_crop")
  _check_crop(shape(x), h, w, 0)
  let (top, left) = ((shape(x)[-2] - h) // 2, (shape(x)[-1] - w) // 2)
  x[..., top..<top + h, left..<left + w]
}

## RGB images [..., 3, height, width] as grey ones [..., 1, height, width]: 0.299 red + 0.587 green + 0.114 blue, as
## ITU-R BT.601 has it. Of a dataset: a step that does the same to its images.
fn to_grey(x) = if kind(x) == "dataset" {
  image_step(x, "to_grey")
} else {
  match _channels(x, "to_grey") {
    1 -> x
    _ -> 0.299 * x[..., 0..<1, :, :] + 0.587 * x[..., 1..<2, :, :] + 0.114 * x[..., 2..<3, :, :]
  }
}

## Grey images [..., 1, height, width] as RGB [..., 3, height, width], three times the same. Of a dataset: a step that
## does the same to its images.
fn to_rgb(x) = if kind(x) == "dataset" {
  image_step(x, "to_rgb")
} else {
  match _channels(x, "to_rgb") {
    3 -> x
    _ -> concat([x, x, x], axis: -3)
  }
}

## (x - mean) / deviation for images [..., channels, height, width], with one number for each channel: for networks that
## were trained elsewhere. `normalize()` learns the numbers from a dataset.
fn normalize_channels(x, mean, deviation) {
  let column = values -> expand(tensor(values)[:, none, none], shape(x))
  (x - column(mean)) / column(deviation)
}

## Images [..., height, width] turned by `degrees` against the clock about their middle, by bilinear interpolation; what
## comes from outside is `fill`.
fn rotate(x, degrees, fill = 0) {
  _check_image(x, "rotate")
  let (h, w) = (shape(x)[-2], shape(x)[-1])
  let angle = degrees * (pi / 180)
  let down = _as_precise(expand((f64(arange(h)) - (h - 1) / 2)[:, none], (h, w)), x)
  let right = _as_precise(expand(f64(arange(w)) - (w - 1) / 2, (h, w)), x)
  # Where each new pixel comes from.
  let row = sin(angle) * right + cos(angle) * down + (h - 1) / 2
  let column = cos(angle) * right - sin(angle) * down + (w - 1) / 2
  let (top, left) = (floor(row), floor(column))
  let flat = reshape(x - fill, append(shape(x)[:-2], h * w))
  let corner = (r, c) -> {
    let is_inside = (r >= 0) * (r <= h - 1) * (c >= 0) * (c <= w - 1)
    let ids = i64(clamp(r, 0, h - 1)) * w + i64(clamp(c, 0, w - 1))
    let weight = (1 - abs(row - r)) * (1 - abs(column - c)) * is_inside
    reshape(take(flat, flatten(ids), axis: -1), shape(x)) * weight
  }
  fill + corner(top, left) + corner(top, left + 1) + corner(top + 1, left) + corner(top + 1, left + 1)
}

## Images made brighter (`factor` above 1) or darker: factor * x.
fn adjust_brightness(x, factor) = factor * x

## Images [..., channels, height, width] with more contrast (`factor` above 1) or less: each pixel's distance from the
## mean of the image in grey, times `factor`.
fn adjust_contrast(x, factor) {
  let middle = expand(mean(to_grey(x), axis: [-3, -2, -1])[..., none, none, none], shape(x))
  middle + factor * (x - middle)
}

# Random changes. Each gives a function of one image [channels, height, width], new random numbers at each call.

## A random change for `augment`: with the chance given, an image becomes its mirror image; `axis: -2` turns it upside
## down.
fn flip(chance = 0.5, axis = -1) = x -> where(uniform() < chance, reverse(x, axis), x)

## A random change for `augment`: a part of this size at a random place, of the image with `pad` pixels of `fill` around
## it. He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2016.
fn crop(size, pad = 0, fill = 0) {
  let around = pad
  x -> {
    let (h, w) = _image_size(x, size, "crop")
    _check_crop(shape(x), h, w, around)
    let larger = if around == 0 { x } else { _padded(x, around, fill) }
    let top = integers(shape(larger)[-2] - h + 1, [])
    let left = integers(shape(larger)[-1] - w + 1, [])
    take(take(larger, top + arange(h), axis: -2), left + arange(w), axis: -1)
  }
}

## A random change for `augment`: turned by up to `degrees` to either side; what comes from outside is `fill`.
fn rotation(degrees, fill = 0) = x -> rotate(x, uniform(low: -degrees, high: degrees), fill: fill)

## A random change for `augment`: brighter or darker by up to this part, 0.2 by a factor from 0.8 to 1.2.
fn brightness(amount) = x -> adjust_brightness(x, uniform(low: 1 - amount, high: 1 + amount))

## A random change for `augment`: more or less contrast by up to this part, 0.2 by a factor from 0.8 to 1.2.
fn contrast(amount) = x -> adjust_contrast(x, uniform(low: 1 - amount, high: 1 + amount))

fn _padded(x, size, fill) {
  let around = map(0..<rank(x), axis -> if axis < rank(x) - 2 { 0 } else { size })
  pad(x, around, around, fill)
}

# Height and width of a new image.
fn _image_size(x, size, name) {
  _check_image(x, name)
  let (h, w) = match size {
    (h, w) -> (h, w)
    n -> (n, n)
  }
  if h < 1 or w < 1 { error("{name}: an image cannot have the size {h} x {w}", help: "give 1 or more for each side") }
  (h, w)
}

fn _check_image(x, name) {
  if rank(x) < 2 {
    error("{name} takes images, not a tensor of shape {shape(x)}",
      help: "images are [height, width], [channels, height, width] or [batch, channels, height, width]")
  }
}

fn _channels(x, name) {
  let channels = if rank(x) < 3 { 0 } else { shape(x)[-3] }
  if channels != 1 and channels != 3 {
    error("{name} takes images with 1 or 3 channels, not a tensor of shape {shape(x)}",
      help: "images are [channels, height, width] or [batch, channels, height, width]")
  }
  channels
}

fn _check_crop(sizes, h, w, around) {
  let (height, width) = (sizes[-2] + 2 * around, sizes[-1] + 2 * around)
  if h > height or w > width {
    error("a crop of {h} x {w} pixels does not fit in images of {height} x {width}" +
      if around > 0 { " with their padding" } else { "" }, help: "choose a smaller crop, or a larger `pad`")
  }
}

"""###,
      names: ["resize", "centre_crop", "to_grey", "to_rgb", "normalize_channels", "rotate", "adjust_brightness", "adjust_contrast", "flip", "crop", "rotation", "brightness", "contrast"]),
    File(
      name: "stdlib/pretraining.mdl",
      source: ###"""
## Learning from data without labels, for a network that will see few of them.

## An encoder and a decoder: decoder(encoder(x)). `net.encode(x)` is the code, `net.encoder` a part for another network.
##
## Train it on pairs of the same: `train(net, (x, x)) { loss: mse }`; a narrow code, or noise at its entrance
## (`MaskingNoise`), keeps it from learning the identity. Then `net.encoder >> Dense(classes)` begins with what it
## knows, and `freeze(net.encoder)` keeps it. Hinton, Salakhutdinov: Reducing the dimensionality of data with neural
## networks, 2006.
layer Autoencoder(encoder, decoder) {
  fn encode(x) = encoder(x)
  call(x) = decoder(encoder(x))
}

## Sets each number to 0 with chance `rate`, in training alone: the entrance of a denoising autoencoder. (`Dropout` also
## makes the others larger.) Vincent, Larochelle, Bengio, Manzagol: Extracting and composing robust features with
## denoising autoencoders, 2008.
layer MaskingNoise(rate = 0.3) {
  require_share("MaskingNoise's rate", rate)
  call(x) = if training and rate > 0 { where(uniform_like(x) >= rate, x, 0) } else { x }
}

## Adds normal noise of this deviation, in training alone.
layer GaussianNoise(deviation = 0.1) {
  require_not_negative("GaussianNoise's deviation", deviation)
  call(x) = if training { x + deviation * normal_like(x) } else { x }
}

## Each image moved by up to `most` pixels up or down and left or right, drawn anew for each; what comes in is 0.
##
## x: [batch, channels, height, width].
fn shifted(x: [batch, channels, height, width], most = 2) {
  let across = expand(_moves(batch, width, most)[:, none], (batch, channels, width, width))
  let down = expand(_moves(batch, height, most)[:, none], (batch, channels, height, height))
  transpose(down) @ x @ across
}

# [batch, size, size]: the unit matrix, moved by a number of rows drawn for each.
fn _moves(batch, size, most) {
  let from = integers(2 * most + 1, [batch])
  let places = expand(arange(size)[none], (batch, size)) + from[:, none]
  take(pad(eye(size), low: [most, 0], high: [most, 0]), places)
}

## `shifted` in training alone.
layer RandomShift(most = 2) {
  require_count("RandomShift's most", most, least: 0)
  call(x) = if training and most > 0 { shifted(x, most) } else { x }
}

## The loss that tells two views of one example from views of all others: a softmax of cosines / temperature, in both
## directions. a, b: [batch, size], row i of both from the same example.
##
## van den Oord, Li, Vinyals: Representation learning with contrastive predictive coding, 2018; Chen, Kornblith,
## Norouzi, Hinton: A simple framework for contrastive learning of visual representations, 2020.
fn info_nce(a: [batch, size], b: [batch, size], temperature = 0.2) {
  let unit = x -> x / maximum(norm(x, axis: 1), 1e-12)[:, none]
  let scores = unit(a) @ transpose(unit(b)) / temperature
  mean(0.5 * (log_sum_exp(scores) + log_sum_exp(transpose(scores))) - diag(scores))
}

## Trains a network on two views of each row, without labels (`info_nce`): the mean loss of each epoch.
##
## `view` is a function of a batch that changes what does not matter: `x -> shifted(x, 3)`.
fn learn_views(net, x, view, optimizer = adam(), epochs = 3, batch = 256, temperature = 0.2) =
  train_without_targets(net, x, (net, x) -> info_nce(net(view(x)), net(view(x)), temperature)) {
    optimizer: optimizer, epochs: epochs, batch: batch
  }

## Trains a network on rows alone: `cost(net, rows)` is what should sink, and the mean of each epoch is given.
##
## x: [n, ...]. `train_without_targets(net, x, (net, x) -> mse(net(x), x))` trains an autoencoder.
fn train_without_targets(net, x, cost, optimizer = adam(), epochs = 10, batch = 32) {
  if rows(x) == 0 { error("there are no rows to train on") }
  cost(net, x[:1])
  let step = ((total, seen), x) -> {
    let (value, g) = value_and_grad(net -> cost(net, x))(net)
    require(is_finite(value), "the cost is not finite; the model is as it was before this step",
      help: "try a smaller rate")
    update(net, optimizer, g)
    ((total + f64(value) * rows(x), seen + rows(x)), none)
  }
  let steps = (rows(x) + batch - 1) // batch
  report({ started: true, epoch: 1, epochs: epochs, step: 0, steps: steps })
  map(1...epochs, epoch -> {
    var value = 0.0
    for ((total, seen), _, done) in compiled_loop(batches(x, batch), (0.0, 0), step) {
      value = float(total) / seen
      report({ epoch: epoch, epochs: epochs, step: done, steps: steps, values: { loss: value },
        done: done == steps })
    }
    value
  })
}

"""###,
      names: ["Autoencoder", "MaskingNoise", "GaussianNoise", "shifted", "RandomShift", "info_nce", "learn_views", "train_without_targets"]),
    File(
      name: "stdlib/recurrent.mdl",
      source: ###"""
## Recurrent layers: they read a sequence x: [batch, time, features] step by step and carry a state along.
##
## All of them take the same options. `sequence: true` gives the state after each step, [batch, time, units], otherwise
## the last one, [batch, units]; so `LSTM(64, sequence: true) >> LSTM(64)` stacks two. `reverse: true` reads from the
## end; a sequence of results keeps its places. `with_state: true` gives a pair: the result and the last state.
##
## A call may be given the `state` to begin with (zeros when none) and a `mask`: [batch, time]. Where it is false, as in
## `net(x, mask: ids != 0)` for padding, the step is left out: the state stays, and the sequence holds zeros.
##
## `start`, `recurrent_start` and `offset_start` make the first weights, as initializers do.

# The state after a step: the old one in rows that `here`, [batch] or none, leaves out.
fn _kept(here, new, old) = if here == none { new } else { where(here[:, none], new, old) }

# What a sequence of results holds of a step.
fn _shown(here, new, sequence) =
  if not sequence { none } else if here == none { new } else { where(here[:, none], new, 0) }

fn _recurrent_result(all, last, state, sequence, with_state) {
  let result = if sequence { all } else { last }
  if with_state { (result, state) } else { result }
}

## The plain recurrent layer: h = activation(x @ kernel + h @ recurrent + offset).
##
## Its state is h: [batch, units]. Options as at the top of this file: see `:doc LSTM`.
## Elman: Finding structure in time, 1990.
layer RNN(
  units, activation = tanh, sequence = false, reverse = false, with_state = false, start = glorot_uniform,
  recurrent_start = orthogonal, offset_start = zeros
) {
  require_count("RNN's units", units)
  require_function("RNN's activation", activation)
  call(x: [batch, time, features], state = none, mask = none) {
    param kernel: [features, units] = start
    param recurrent: [units, units] = recurrent_start
    param offset: [units] = offset_start
    let first = if state == none { zeros(batch, units) } else { state }
    let z = x @ kernel + offset
    let (h, all) = scan((z, mask), axis: 1, start: first, reverse: reverse) { step: (h, (z, here)) -> {
      let new = activation(z + h @ recurrent)
      (_kept(here, new, h), _shown(here, new, sequence))
    } }
    _recurrent_result(all, h, h, sequence, with_state)
  }
}

## Gated recurrent units, the reset gate applied after the product (as in PyTorch):
##
## r = sigmoid(x @ W_r + h @ U_r + b_r), z = sigmoid(x @ W_z + h @ U_z + b_z),
## n = tanh(x @ W_n + b_n + r * (h @ U_n + c)), h = (1 - z) * n + z * h.
##
## W, U and b stand side by side in `kernel`, `recurrent` and `offset`, in the order r, z, n; c is `candidate_offset`.
## Its state is h: [batch, units]. `sequence: true` gives all steps, `reverse` reads from the end, `with_state: true`
## gives (result, state); a call takes `state` and a `mask`: [batch, time] that is false where steps are left out.
## Cho et al.: Learning phrase representations using RNN encoder-decoder, 2014.
layer GRU(
  units, sequence = false, reverse = false, with_state = false, start = glorot_uniform, recurrent_start = orthogonal,
  offset_start = zeros
) {
  require_count("GRU's units", units)
  call(x: [batch, time, features], state = none, mask = none) {
    param kernel: [features, 3 * units] = start
    param recurrent: [units, 3 * units] = recurrent_start
    param offset: [3 * units] = offset_start
    param candidate_offset: [units] = offset_start
    let first = if state == none { zeros(batch, units) } else { state }
    let w = x @ kernel + offset
    let (h, all) = scan((w, mask), axis: 1, start: first, reverse: reverse) { step: (h, (w, here)) -> {
      let (w_r, w_z, w_n) = parts(w, 3)
      let (u_r, u_z, u_n) = parts(h @ recurrent, 3)
      let r = sigmoid(w_r + u_r)
      let z = sigmoid(w_z + u_z)
      let n = tanh(w_n + r * (u_n + candidate_offset))
      let new = (1 - z) * n + z * h
      (_kept(here, new, h), _shown(here, new, sequence))
    } }
    _recurrent_result(all, h, h, sequence, with_state)
  }
}

## Long short-term memory, a recurrent layer with gates i (in), f (forget) and o (out):
##
## c = sigmoid(f) * c + sigmoid(i) * tanh(g), h = sigmoid(o) * tanh(c),
## where i, f, g, o are the four parts of x @ kernel + h @ recurrent + offset.
##
## Its state is the pair (h, c), each [batch, units]. x: [batch, time, features]; the result is the last h or, with
## `sequence: true`, the h of all steps, [batch, time, units]. `reverse: true` reads from the end, `with_state: true`
## gives (result, state); a call takes `state` and a `mask`: [batch, time] that is false where steps are left out.
## Hochreiter, Schmidhuber: Long short-term memory, 1997; with the forget gate of Gers, Schmidhuber, Cummins, 2000.
layer LSTM(
  units, sequence = false, reverse = false, with_state = false, start = glorot_uniform, recurrent_start = orthogonal,
  offset_start = zeros
) {
  require_count("LSTM's units", units)
  call(x: [batch, time, features], state = none, mask = none) {
    param kernel: [features, 4 * units] = start
    param recurrent: [units, 4 * units] = recurrent_start
    param offset: [4 * units] = offset_start
    let first = if state == none { (zeros(batch, units), zeros(batch, units)) } else { state }
    let z = x @ kernel + offset
    let ((h, c), all) = scan((z, mask), axis: 1, start: first, reverse: reverse) { step: ((h, c), (z, here)) -> {
      let (i, f, g, o) = parts(z + h @ recurrent, 4)
      let new_c = sigmoid(f) * c + sigmoid(i) * tanh(g)
      let new_h = sigmoid(o) * tanh(new_c)
      ((_kept(here, new_h, h), _kept(here, new_c, c)), _shown(here, new_h, sequence))
    } }
    _recurrent_result(all, h, (h, c), sequence, with_state)
  }
}

## Two recurrent layers over one sequence, one from each end, their results side by side: [..., 2 * units].
##
## `backward` is made with `reverse: true`: Bidirectional(LSTM(32), LSTM(32, reverse: true)). A call takes a `mask`
## and, as `state`, the pair of the two layers' states; where both are made with `with_state: true` the result is the
## pair of the results and such a pair. Schuster, Paliwal: Bidirectional recurrent neural networks, 1997.
layer Bidirectional(forward, backward) {
  _require_both_ends(forward, backward)
  call(x: [batch, time, features], state = none, mask = none) {
    let (first, second) = if state == none { (none, none) } else { state }
    let (a, b) = (forward(x, state: first, mask: mask), backward(x, state: second, mask: mask))
    if kind(a) == "tuple" and kind(b) == "tuple" {
      (concat([a[0], b[0]], axis: -1), (a[1], b[1]))
    } else {
      concat([a, b], axis: -1)
    }
  }
}

fn _require_both_ends(forward, backward) {
  let turned = each -> has_field(each, "reverse") and each.reverse == true
  require(not turned(forward) and (turned(backward) or not has_field(backward, "reverse")),
    "Bidirectional reads once from the start and once from the end, and its second layer alone has `reverse: true`",
    help: "Bidirectional(LSTM(32), LSTM(32, reverse: true))")
}

## Recurrent layers one over the other, with one mask for all: Stacked([LSTM(64, sequence: true), LSTM(64)]).
##
## All but the last are made with `sequence: true`. (`>>` does the same without mask and states.) A call takes a `mask`
## and, as `state`, a list of the layers' states; where all are made with `with_state: true` the result is the pair of
## the last one's result and the list of their states.
layer Stacked(layers) {
  call(x: [batch, time, features], state = none, mask = none) {
    if state != none and length(state) != length(layers) {
      error("Stacked has {length(layers)} layers, and got {length(state)} states")
    }
    let first = if state == none { map(layers, each -> none) } else { state }
    let (y, states) = fold(zip(layers, first), (x, []), ((input, states), (each, begin)) -> {
      let found = each(input, state: begin, mask: mask)
      if kind(found) == "tuple" { (found[0], append(states, found[1])) } else { (found, states) }
    })
    if length(states) == length(layers) { (y, states) } else { y }
  }
}

"""###,
      names: ["RNN", "GRU", "LSTM", "Bidirectional", "Stacked"]),
    File(
      name: "stdlib/regularization.mdl",
      source: ###"""
## Keeping parameters small.

## What the size of parameters costs, to be added to a loss: l1 * sum |w| + l2 * sum w^2.
##
## Of a whole model or of a part of it: `cross_entropy(net(x), y) + (net.head |> penalty(l2: 1e-4))`; in `train`,
## `penalty: net -> net |> penalty(l2: 1e-4)`. With `biases: false` only parameters of two or more dimensions count;
## `only` names those that do ("weight", or paths as in `parameters(net)`); frozen ones never count. An optimizer's
## `decay: d` is `l2: d / 2`. Tikhonov 1943 (l2); Tibshirani: Regression shrinkage and selection via the lasso, 1996
## (l1).
fn penalty(net, l1 = 0.0, l2 = 0.0, biases = true, only = none) {
  let tree = weights(net)
  if length(leaves(tree)) == 0 {
    error("penalty: this model has no learned parameters yet",
      help: "call the model first: they are made at its first call")
  }
  let named = filter(zip(paths(tree), leaves(tree)), ((path, w)) -> only == none or is_named(path, only))
  if length(named) == 0 {
    error("penalty: no learned parameter is called {only}", help: "there are " + join(paths(tree), ", "))
  }
  var cost = 0.0
  for (_, w) in filter(named, ((_, w)) -> biases or rank(w) >= 2) {
    if l1 != 0 { cost = cost + l1 * sum(abs(w)) }
    if l2 != 0 { cost = cost + l2 * sum(w * w) }
  }
  cost
}

## Whether a parameter's path is among the names: equal to one, inside of one (`body` has `body[0].weight`), or with it
## as its last name (`offset` is the name of `head.offset`). `names`: a text or a list of them.
fn is_named(path, names) {
  let all = if kind(names) == "Text" { [names] } else { names }
  fold(all, false, (found, name) -> found or path == name or starts_with(path, name + ".") or
    starts_with(path, name + "[") or ends_with(path, "." + name))
}

## An optimizer after whose steps no unit's incoming weights are longer than `limit`: `adam() |> max_norm(3)`.
##
## Parameters of two or more dimensions are shortened; `axis` is that of the units (the last, as in Dense).
## Srebro, Shraibman 2005; Srivastava and others: Dropout, 2014.
fn max_norm(opt, limit, axis = -1) = optimizer {
  rate: opt.rate
  groups: opt.groups
  start: opt.start
  step: (p, g, s, t) -> {
    let (p, s) = opt.step(p, g, s, t)
    (if rank(p) < 2 { p } else { _shortened(p, limit, axis) }, s)
  }
}

fn _shortened(w, limit, axis) {
  let unit = axis % rank(w)
  let others = filter(0..<rank(w), each -> each != unit)
  let lengths = norm(w, axis: tensor(others), keep: true)
  w * minimum(1, limit / maximum(lengths, 1e-12))
}

"""###,
      names: ["penalty", "is_named", "max_norm"]),
    File(
      name: "stdlib/residual.mdl",
      source: ###"""
## Residual networks: blocks that add to what they are given, so that deep networks can be trained.

## Two convolutions with batch norms, added to what came in: relu(body(x) + x).
##
## x: [batch, channels, height, width], result [batch, filters, height / stride, width / stride], rounded up. Where the
## stride is not 1 or `project` is set (the channels change), x comes by a 1 x 1 convolution with a batch norm.
## He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2016.
layer ResidualBlock(filters, stride = 1, project = stride != 1) {
  let body = Conv(filters, 3, stride: stride, padding: "same", bias: false, start: he_normal) >> BatchNorm() >> relu
    >> Conv(filters, 3, padding: "same", bias: false, start: he_normal) >> BatchNorm()
  let way = if project { Conv(filters, 1, stride: stride, bias: false) >> BatchNorm() } else { identity }
  call(x: [batch, channels, height, width]) {
    if channels != filters and not project {
      error("ResidualBlock({filters}) is given {channels} channels", help: "write `project: true` where they change")
    }
    relu(body(x) + way(x))
  }
}

## A residual network for images: a convolution, then groups of `blocks` residual blocks, then the mean of each channel
## and a dense layer: logits [batch, classes].
##
## `filters` lists the channels of each group; each group but the first halves the image. `stem` is the stride of the
## first convolution. With blocks n and filters [16, 32, 64] it has 6 n + 2 layers, as in section 4.2 of the paper.
fn residual_network(classes, filters = [16, 32, 64], blocks = 1, stem = 1) {
  let sizes = map(list(filters), int)
  var parts = [Conv(sizes[0], 3, stride: stem, padding: "same", bias: false, start: he_normal), BatchNorm(), relu]
  for (group, count) in enumerate(sizes) {
    for block in 0..<blocks {
      let first = group > 0 and block == 0
      parts = append(parts, ResidualBlock(count, stride: if first { 2 } else { 1 }))
    }
  }
  fold(parts[1:], parts[0], (net, part) -> net >> part) >> GlobalAveragePool() >> Dense(classes)
}

"""###,
      names: ["ResidualBlock", "residual_network"]),
    File(
      name: "stdlib/runs.mdl",
      source: ###"""
## Looking at training runs side by side: a table, and curves drawn with characters.

## Histories as a table of text, the best first: how many epochs each took, the best value and its epoch, and the last.
##
## runs: a record or dict of what `train` gave: `print(compare_runs({ adam: first, sgd: second }))`. `watch` is by
## default the validation loss, or the loss where one run has none; `most` says whether more is better, where the name
## does not (`is_error`).
fn compare_runs(runs, watch = none, most = none) {
  let named = _named(runs)
  if length(named) == 0 { error("compare_runs: there are no runs") }
  for (name, history) in named { if length(history) == 0 { error("compare_runs: the run `{name}` has no epochs") } }
  let validated = fold(named, true, (all, (_, history)) -> all and has_field(history[0], "validation_loss"))
  let watch = if watch != none { watch } else if validated { "validation_loss" } else { "loss" }
  let most = if most == none { not is_error(watch) } else { most }
  let rows = map(named, ((name, history)) -> {
    let values = curve(history, watch)
    let order = map(values, value -> if is_nan(value) { infinity } else if most { -value } else { value })
    let best = fold(1..<length(order), 0, (least, i) -> if order[i] < order[least] { i } else { least })
    let others = filter(fields(history[-1]), ((field, _)) -> field != "epoch" and field != watch)
    merge({ run: name, epochs: length(history), best: values[best], at: best + 1, last: values[-1] }, record(others))
  })
  let ordered = sorted(rows, by: row -> if is_nan(row.best) { infinity } else if most { -row.best } else { row.best })
  let shared = filter(map(fields(ordered[0]), ((name, _)) -> name), name ->
    fold(ordered, true, (all, row) -> all and has_field(row, name)))
  watch + "\n" + table_text(map(ordered, row -> record(filter(fields(row), ((name, _)) -> contains(shared, name)))))
}

fn _named(values) = if kind(values) == "record" { fields(values) } else { items(values) }

## One value of a history, epoch by epoch, as a list of numbers: `curve(history, "loss")`.
fn curve(history, name) = map(history, row -> {
  if not has_field(row, name) {
    error("the history has no `{name}`", help: "it has " + join(map(fields(row), ((field, _)) -> field), ", "))
  }
  float(dict(fields(row))[name])
})

## Curves as a drawing of characters: `print(plot_text({ loss: curve(history, "loss") }))`.
##
## curves: a record or dict of lists or tensors of numbers, each drawn from the left to the right with its own sign.
## Numbers that are not finite are left out. `logarithmic: true` for values that fall over several powers of ten.
fn plot_text(curves, width = 60, height = 12, logarithmic = false) {
  let signs = ["*", "o", "+", "x", "#", "@"]
  let named = map(_named(curves), ((name, values)) -> (name, map(values, float)))
  let drawn = y -> if not logarithmic { y } else if y > 0 { log(y) / log(10.0) } else { nan }
  let all = filter(joined(map(named, ((_, values)) -> map(values, drawn))), is_finite)
  if length(all) == 0 { error("plot_text: there is no finite number to draw") }
  let (low, high) = (fold(all, all[0], minimum), fold(all, all[0], maximum))
  let longest = fold(named, 1, (most, (_, values)) -> maximum(most, length(values)))
  var lines = map(0..<height, _ -> repeat([" "], width))
  for (number, (_, values)) in enumerate(named) {
    let sign = signs[number % length(signs)]
    for column in 0..<width {
      # The value nearest to this column, where the curve goes so far.
      let at = int(round(column * (longest - 1) / maximum(width - 1, 1)))
      let y = if at < length(values) { drawn(values[at]) } else { nan }
      if is_finite(y) {
        let part = if high == low { 0.5 } else { (high - y) / (high - low) }
        lines[int(round(part * (height - 1)))][column] = sign
      }
    }
  }
  let label = y -> text(if logarithmic { 10 ^ y } else { y }, ".4g")
  let side = fold([label(high), label(low)], 0, (most, each) -> maximum(most, length(each)))
  let rows = map(enumerate(lines), ((i, line)) -> {
    let name = if i == 0 { label(high) } else if i == height - 1 { label(low) } else { "" }
    let end = fold(enumerate(line), 0, (end, (column, sign)) -> if sign == " " { end } else { column + 1 })
    text(name, ">{side}") + " |" + join(line[:end])
  })
  let foot = repeat(" ", side) + " +" + repeat("-", width)
  let legend = join(map(enumerate(named), ((i, (name, _))) -> signs[i % length(signs)] + " " + name), "   ")
  join(rows + [foot, text("", ">{side}") + "  " + legend], "\n")
}

"""###,
      names: ["compare_runs", "curve", "plot_text"]),
    File(
      name: "stdlib/schedules.mdl",
      source: ###"""
## Learning rates that change while training. A schedule is a function of the step, which counts from 1; every
## optimizer takes one in place of a number: `adam(rate: cosine(1e-3, steps: 1000, warmup: 100))`.

## The rate at step t: the number itself, or the schedule's value.
## Example: at(0.1, 5) is 0.1.
fn at(rate, t) = if kind(rate) == "function" { rate(t) } else { rate }

## The same rate at every step.
fn constant(rate) = t -> rate

## The rate times `factor`, again after every `every` steps: rate * factor^((t - 1) // every).
fn step_decay(rate, every, factor = 0.1) = t -> rate * factor ^ ((t - 1) // every)

## The rate times `factor` at each `every` steps, smoothly: rate * factor^((t - 1) / every).
fn exponential_decay(rate, factor, every = 1) = t -> rate * factor ^ ((t - 1) / every)

## Up in a line over `warmup` steps, then down along half a cosine to `final` at the step `steps`, and on at `final`.
##
## final + (rate - final) * (1 + cos(pi * (t - warmup) / (steps - warmup))) / 2.
## Loshchilov, Hutter: SGDR, stochastic gradient descent with warm restarts, 2017.
fn cosine(rate, steps, warmup = 0, final = 0.0) = t -> {
  let part = clamp((t - warmup) / maximum(steps - warmup, 1), 0, 1)
  let falling = final + (rate - final) * (1 + cos(pi * part)) / 2
  where(t <= warmup, rate * t / maximum(warmup, 1), falling)
}

## Half a cosine from `rate` down to `final`, again and again: the first falls over `period` steps, each next over
## `growth` times as many.
##
## final + (rate - final) * (1 + cos(pi * s / length)) / 2, where s counts the steps since the restart, from 0.
## PyTorch's CosineAnnealingWarmRestarts. Loshchilov, Hutter: SGDR, stochastic gradient descent with warm restarts,
## 2017.
fn warm_restarts(rate, period, growth = 1, final = 0.0) {
  if period < 1 or growth < 1 {
    error("warm_restarts: a period of {period} steps that grows {growth} times; both are at least 1")
  }
  t -> {
    let s = t - 1
    let round = if growth == 1 {
      floor(s / period)
    } else {
      floor(log(1 + s * (growth - 1) / period) / log(growth) + 1e-9)
    }
    let length = period * growth ^ round
    let begun = if growth == 1 { round * period } else { period * (growth ^ round - 1) / (growth - 1) }
    final + (rate - final) * (1 + cos(pi * (s - begun) / length)) / 2
  }
}

"""###,
      names: ["at", "constant", "step_decay", "exponential_decay", "cosine", "warm_restarts"]),
    File(
      name: "stdlib/selection.mdl",
      source: ###"""
## Choosing between models: cross-validation, and searching for good settings.

## The rows 0 ..< n in k parts of about one size: a list of (training rows, test rows), each row in one test part.
## The order is drawn; `shuffle: false` cuts the rows as they stand.
fn k_folds(n, k = 5, shuffle = true) {
  if k < 2 or k > n { error("k_folds: {n} rows cannot be cut into {k} parts", help: "k is 2 to the number of rows") }
  let order = if shuffle { permutation(n) } else { arange(n) }
  _folds_of(order, map(0..<k, i -> (i * n // k, (i + 1) * n // k)))
}

fn _folds_of(order, bounds) = map(bounds, ((from, to)) -> (concat([order[:from], order[to:]]), order[from..<to]))

## As `k_folds`, with the classes `y` (ids) in proportion in each part. Each class needs at least k examples.
fn stratified_folds(y, k = 5) {
  let n = rows(y)
  let count = count_ids(y, int(max(y)) + 1)
  for (class, found) in enumerate(count) {
    if found > 0 and found < k {
      error("stratified_folds: class {class} has {int(found)} examples, fewer than {k} parts")
    }
  }
  # Sorted by class in a drawn order, each k-th row goes to the same part.
  let drawn = permutation(n)
  let sorted = take(drawn, argsort(take(y, drawn)))
  map(0..<k, part -> {
    let mine = arange(n) % k == part
    let (own, others) = (sort(where(mine, arange(n), n)), sort(where(mine, n, arange(n))))
    let size = int(sum(i64(mine)))
    (take(sorted, others[:n - size]), take(sorted, own[:size]))
  })
}

## Fits and measures k times, each time on another part: {mean, deviation, scores}.
##
## `fit(x, y)` trains on rows and gives a function of new rows, as `predict` of a baseline or `x -> predict(net, x)`;
## `metric(prediction, y)` is a number. `stratified: true` for class ids. `deviation` has correction 1. What is learned
## from rows before this (means, say) has seen the test rows: do it in `fit`, or use `folds(data, k)`, whose steps learn
## from each fold's training part.
fn cross_validate(fit, x, y, metric, k = 5, stratified = false) {
  let folds = if stratified { stratified_folds(y, k) } else { k_folds(rows(x), k) }
  let scores = map(folds, ((train, test)) -> {
    let predict = fit(take(x, train), take(y, train))
    f64(metric(predict(take(x, test)), take(y, test)))
  })
  let all = stack(scores)
  { mean: float(mean(all)), deviation: float(std(all)), scores: all }
}

## Every combination of the values of a record, as a list of records.
## Example: length(grid({ rate: [0.1, 0.01], units: [8, 16, 32] })) is 6.
fn grid(values) = fold(fields(values), [record([])], (rows, (name, each)) ->
  joined(map(rows, row -> map(_choices(each), value -> merge(row, record([(name, value)]))))))

# What is to be tried, as numbers or truth values where it is a tensor.
fn _choices(each) = if kind(each) != "tensor" { list(each) } else {
  match dtype(each) {
    "bool" -> map(each, x -> if x { true } else { false })
    "i64" -> map(each, int)
    _ -> map(each, float)
  }
}

## `count` records whose fields are drawn: a function is called, of a list or tensor one value is taken.
## Example: random_settings({ rate: () -> 10 ^ uniform(1, low: -4, high: -1)[0], units: [8, 16] }, 20).
fn random_settings(values, count) = map(0..<count, _ -> record(map(fields(values), ((name, each)) ->
  if kind(each) == "function" {
    let drawn = each()
    (name, if kind(drawn) == "tensor" { float(drawn) } else { drawn })
  } else {
    let choices = _choices(each)
    (name, choices[int(integers(length(choices), []))])
  })))

## Measures every setting: {best, value, rows}, where `rows` are the settings with their `value`, the best first.
##
## `measure(setting)` gives a number, of which the largest is best; `most: false` turns that round. It may give a record
## with more to know: `{ value: ..., epochs: ... }`. Settings whose value is not a number come last. The result as a
## table: `print(table_text(found.rows))`.
fn search_settings(settings, measure, most = true) {
  if length(settings) == 0 { error("search_settings: there are no settings") }
  let measured = map(settings, setting -> {
    let found = measure(setting)
    if kind(found) == "record" {
      if not has_field(found, "value") { error("search_settings: `measure` gave a record without `value`") }
      merge(merge(setting, found), { value: float(found.value) })
    } else {
      merge(setting, { value: float(found) })
    }
  })
  let order = row -> if is_nan(row.value) { infinity } else if most { -row.value } else { row.value }
  let rows = sorted(measured, by: order)
  let names = map(fields(settings[0]), ((name, _)) -> name)
  let best = record(filter(fields(rows[0]), ((name, _)) -> contains(names, name)))
  { best: best, value: rows[0].value, rows: rows }
}

## Records with the same fields as a table of text, one row each; numbers with `digits` significant digits.
fn table_text(rows, digits = 4) {
  let names = map(fields(rows[0]), ((name, _)) -> name)
  let shown = value -> if kind(value) == "Float" { text(value, ".{digits}g") } else { "{value}" }
  let cells = [names] + map(rows, row -> map(fields(row), ((_, value)) -> shown(value)))
  let widths = map(0..<length(names), i -> fold(cells, 0, (most, row) -> maximum(most, length(row[i]))))
  join(map(cells, row -> join(map(zip(row, widths), ((cell, width)) -> text(cell, ">{width}")), "  ")), "\n")
}

"""###,
      names: ["k_folds", "stratified_folds", "cross_validate", "grid", "random_settings", "search_settings", "table_text"]),
    File(
      name: "stdlib/structure.mdl",
      source: ###"""
## Finding structure without labels: clusters, directions, mixtures.

# Squared distances [n, k] of each row of x from each centre.
fn _squared_distances(x, centres) = stack(map(0..<rows(centres), i -> sum((x - centres[i]) ^ 2, axis: 1)), axis: 1)

# An index drawn with a chance in proportion to `shares`.
fn _drawn(shares) {
  let up_to = cumsum(shares, axis: 0)
  minimum(int(sum(i64(up_to <= float(uniform(1)[0]) * up_to[-1]))), rows(shares) - 1)
}

## k clusters, each with the mean of its rows as centre: {centres, ids, cost, steps}.
##
## x: [n, features]. The first centres are drawn far apart (k-means++), and of `starts` runs the one with the least
## cost, the sum of squared distances, is kept. A cluster that loses its last row gets the row farthest from its centre.
## Lloyd 1957; Arthur, Vassilvitskii: k-means++, the advantages of careful seeding, 2007.
fn k_means(x, k, steps = 300, starts = 10) {
  let x = f64(x)
  if k < 1 or k > rows(x) { error("k_means: {k} clusters of {rows(x)} rows") }
  require_finite("k_means: x", x)
  var best = none
  for _ in 0..<starts {
    let found = _k_means(x, k, steps)
    if best == none { best = found } else if found.cost < best.cost { best = found }
  }
  best
}

fn _k_means(x, k, steps) {
  var centres = x[int(integers(rows(x), []))][none]
  for _ in 1..<k {
    let next = _drawn(min(_squared_distances(x, centres), axis: 1))
    centres = concat([centres, x[next][none]])
  }
  var ids = none
  var taken = 0
  for step in 1...steps {
    let distances = _squared_distances(x, centres)
    let near = argmin(distances, axis: 1)
    taken = step
    if ids != none { if all(near == ids) { break } }
    ids = near
    let count = count_ids(ids, k)
    let far = x[int(argmax(min(distances, axis: 1)))]
    let mean = scatter_add(x, ids, k) / f64(maximum(count, 1))[:, none]
    centres = where(expand((count > 0)[:, none], shape(mean)), mean, expand(far[none], shape(mean)))
  }
  { centres: centres, ids: ids, cost: float(sum(min(_squared_distances(x, centres), axis: 1))), steps: taken }
}

## The k directions in which the rows of x differ most: {mean, directions: [k, features], variance, part, project,
## restore}.
##
## `variance` is that along each direction (correction 1), `part` its share of the whole; `project(x)` gives [n, k],
## `restore` goes back. The eigenvectors of the covariance by orthogonal iteration; of each, the largest number is
## positive. Pearson 1901; Golub, Van Loan: Matrix computations.
fn pca(x, k, steps = 2000, tolerance = 1e-12) {
  let x = f64(x)
  let features = shape(x)[1]
  if k < 1 or k > features { error("pca: {k} directions of {features} features") }
  if rows(x) < 2 { error("pca needs 2 rows or more, and got {rows(x)}") }
  require_finite("pca: x", x)
  let middle = mean(x, axis: 0)
  let centred = x - middle
  let covariance = transpose(centred) @ centred / (rows(x) - 1)
  # All directions are followed, so that the first k are apart from the next one as soon as possible.
  var q = f64(eye(features))
  for _ in 0..<steps {
    let (next, _) = qr(covariance @ q)
    # Without regard to sign, which the decomposition may turn.
    let next = next * where(sum(next * q, axis: 0) < 0, -1, 1)
    let moved = float(max(abs(next - q)))
    q = next
    if moved < tolerance { break }
  }
  let spread = sum(q * (covariance @ q), axis: 0)
  let order = argsort(spread, descending: true)[:k]
  let chosen = transpose(take(q, order, axis: 1))
  let largest = take_along(chosen, argmax(abs(chosen), axis: 1)[:, none], axis: 1)
  let directions = chosen * where(largest < 0, -1, 1)
  {
    mean: middle, directions: directions, variance: take(spread, order), part: take(spread, order) / sum(spread)
    project: x -> (f64(x) - middle) @ transpose(directions), restore: z -> f64(z) @ directions + middle
  }
}

## A mixture of k normal distributions, by expectation-maximisation: {share, mean, covariance, log_likelihood (a row),
## steps, log_likelihoods, predict}.
##
## Each step gives every row a share in every distribution (the expectation), then every distribution the weighted
## share, mean and covariance of its rows (the maximisation); the likelihood never falls. It starts from `k_means` and
## stops when the log-likelihood of a row grows by less than `tolerance`; `floor` is added to the variances. Dempster,
## Laird, Rubin: Maximum likelihood from incomplete data via the EM algorithm, 1977.
fn gaussian_mixture(x, k, steps = 100, tolerance = 1e-3, floor = 1e-6) {
  let x = f64(x)
  var shares = f64(indicators(k_means(x, k).ids, k))
  var model = none
  var (values, taken) = ([], 0)
  for step in 1...steps {
    model = _fitted(x, shares, floor)
    let joint = _log_joint(model, x)
    let value = float(mean(log_sum_exp(joint)))
    shares = 1 * softmax(joint)
    taken = step
    values = append(values, value)
    if step > 1 { if value - values[-2] < tolerance { break } }
  }
  let last = model
  merge(model, {
    log_likelihood: values[-1], steps: taken, log_likelihoods: values, predict: x -> softmax(_log_joint(last, f64(x)))
  })
}

fn _fitted(x, shares, floor) {
  let (n, k) = (sum(shares, axis: 0), shape(shares)[1])
  let middle = transpose(shares) @ x / n[:, none]
  let covariance = class -> {
    let centred = x - middle[class]
    transpose(centred * shares[:, class][:, none]) @ centred / n[class] + floor * f64(eye(shape(x)[1]))
  }
  { share: n / rows(x), mean: middle, covariance: stack(map(0..<k, covariance)) }
}

# [n, k]: log of share times density.
fn _log_joint(model, x) = stack(map(0..<rows(model.share), class -> {
  let {share, mean, covariance} = model
  let (q, r) = qr(covariance[class])
  let centred = x - mean[class]
  let scaled = transpose(triangular_solve(r, transpose(q) @ transpose(centred), lower: false))
  let log_determinant = sum(log(abs(diag(r))))
  log(share[class]) - 0.5 * (shape(x)[1] * log(2 * pi) + log_determinant + sum(centred * scaled, axis: 1))
}), axis: 1)

"""###,
      names: ["k_means", "pca", "gaussian_mixture"]),
    File(
      name: "stdlib/tables.mdl",
      source: ###"""
## Tables: what is short to say with the operations on datasets.

## How often each value of a column occurs, the most frequent first: a dataset with the column and `count`.
##
## Missing values count as one value, `none`.
fn value_counts(data, column) =
  data |> summarise({ count: "count" }, by: column) |> sort(by: "count", descending: true)

## Each missing value (NaN) of a series as the one before it; those at the start stay missing. x: [n].
##
## For `derive`: `data |> derive(c -> { level: fill_forward(c.level) })`.
fn fill_forward(x: [n]) = take(x, cummax(where(is_nan(x), 0, arange(n)), axis: 0))

"""###,
      names: ["value_counts", "fill_forward"]),
    File(
      name: "stdlib/tensors.mdl",
      source: ###"""
## Tensor functions that are written in mdl over the primitives.

# Comparing

## Whether a and b agree: no |a - b| is above tolerance * max(1, |b|). Shapes must be equal, or one side a number.
##
## Records and parameter trees are compared leaf by leaf.
## Example: close(0.1 + 0.2, 0.3) is true.
fn close(a, b, tolerance = 1e-5) {
  if kind(a) == "record" or kind(a) == "parameter tree" {
    let pairs = zip(leaves(a), leaves(b))
    length(filter(pairs, ((x, y)) -> not close(x, y, tolerance: tolerance))) == 0
  } else {
    let (x, y) = (f64(a), f64(b))
    if shape(x) != shape(y) and rank(x) > 0 and rank(y) > 0 {
      error("close compares tensors of one shape, and got {shape(x)} and {shape(y)}")
    }
    all(where(x == y, 0, abs(x - y)) <= tolerance * maximum(1, abs(y)))
  }
}

# Statistics

## The mean squared distance from the mean, over `axis` (all when none).
##
## variance(x) = sum((x - mean(x))^2) / (n - correction). With `correction: 1`, as in PyTorch, it estimates the variance
## of the population that x was drawn from; with 0 it is that of x itself.
## Example: variance([1.0, 2.0, 3.0, 4.0]) is 1.6667.
fn variance(x, axis = none, correction = 1, keep = false) {
  let squares = sum((x - mean(x, axis: axis, keep: true)) ^ 2, axis: axis, keep: keep)
  squares / maximum(size(x) / maximum(size(squares), 1) - correction, 0)
}

## The standard deviation: sqrt(variance(x)), in the units of x.
## Example: std([1.0, 2.0, 3.0, 4.0]) is 1.2910.
fn std(x, axis = none, correction = 1, keep = false) =
  _safe_sqrt(variance(x, axis: axis, correction: correction, keep: keep))

## The value below which the part `q` (0 to 1) of x lies, over `axis` (all when none).
##
## Between two elements it interpolates linearly, as NumPy does.
## Example: quantile([1.0, 2.0, 3.0, 4.0], 0.25) is 1.75.
fn quantile(x, q, axis = none) {
  if q < 0 or q > 1 { error("quantile: the part is {q}, and it is from 0 to 1") }
  if axis == none {
    quantile(reshape(x, [-1]), q, axis: 0)
  } else {
    let sorted = sort(x, axis: axis)
    let place = q * (shape(x)[axis] - 1)
    let lower = int(floor(place))
    let upper = int(ceil(place))
    let weight = place - lower
    take(sorted, lower, axis: axis) * (1 - weight) + take(sorted, upper, axis: axis) * weight
  }
}

## The middle value over `axis` (all when none); the mean of the two middle ones when their number is even.
## Example: median([3.0, 1.0, 2.0, 10.0]) is 2.5.
fn median(x, axis = none) = quantile(x, 0.5, axis: axis)

## How often each of 0 ..< `size` occurs in `ids`: [size].
## Example: count_ids([0, 2, 2], 3) is [1, 0, 2].
fn count_ids(ids, size) {
  let flat = reshape(ids, [-1])
  scatter_add(ones_like(flat), flat, size)
}

# Norms and products

# sqrt with derivative 0 at 0 (in place of infinity), so that a norm of zeros has a gradient. NaN stays NaN.
fn _safe_sqrt(x) = where(x > 0, sqrt(where(x > 0, x, 1)), 0 * x)

## The length of x: (sum |x|^order)^(1/order), over `axis` (all when none). Its derivative at zeros is 0.
## Example: norm([3.0, 4.0]) is 5.
fn norm(x, axis = none, order = 2, keep = false) {
  if order == 1 {
    sum(abs(x), axis: axis, keep: keep)
  } else if order == 2 {
    _safe_sqrt(sum(x * x, axis: axis, keep: keep))
  } else if order == infinity {
    max(abs(x), axis: axis, keep: keep)
  } else {
    sum(abs(x) ^ order, axis: axis, keep: keep) ^ (1 / order)
  }
}

## sum(a * b) of two vectors of one length.
## Example: dot([1.0, 2.0], [3.0, 4.0]) is 11.
fn dot(a: [n], b: [n]) = sum(a * b)

## Every product of an element of a and one of b: outer(a, b)[i, j] = a[i] * b[j].
fn outer(a: [n], b: [m]) -> [n, m] = expand(a[:, none], (n, m)) * b

## The cosine of the angle between a and b along `axis`: dot(a, b) / (|a| |b|), 0 where one of them is zero.
fn cosine_similarity(a, b, axis = -1) {
  let lengths = norm(a, axis: axis) * norm(b, axis: axis)
  sum(a * b, axis: axis) / where(lengths > 0, lengths, 1)
}

## The x with a @ x = b, for a square a and b of [n, k] or [n]; by the QR decomposition.
fn solve(a: [n, n], b) {
  let (q, r) = qr(a)
  if rank(b) == 1 {
    solve(a, b[:, none])[:, 0]
  } else {
    triangular_solve(r, transpose(q) @ b, lower: false)
  }
}

## The x that makes |a @ x - b| smallest, for a: [m, n] with m >= n and b: [m, k] or [m]; by the QR decomposition.
fn least_squares(a: [m, n], b) {
  let (q, r) = qr(a)
  if rank(b) == 1 {
    least_squares(a, b[:, none])[:, 0]
  } else {
    triangular_solve(r, transpose(q) @ b, lower: false)
  }
}

## The matrix with a @ inverse(a) = eye(n). To solve an equation, `solve` is faster and more exact.
fn inverse(a: [n, n]) -> [n, n] = solve(a, eye(n))

# Matrices

# [n, m] truth values: is the column at least `diagonal` places right of the row?
fn _right_of(n, m, diagonal) = arange(m) - expand(arange(n)[:, none], (n, m)) >= diagonal

## x: [..., n, m] with zeros above the diagonal; `diagonal: 1` keeps one more, -1 one less.
fn tril(x, diagonal = 0) = where(_right_of(shape(x)[-2], shape(x)[-1], diagonal + 1), zeros_like(x), x)

## x: [..., n, m] with zeros below the diagonal; `diagonal: 1` drops one more, -1 one less.
fn triu(x, diagonal = 0) = where(_right_of(shape(x)[-2], shape(x)[-1], diagonal), x, zeros_like(x))

## Of a vector [n], the matrix with it on the diagonal; of a matrix [n, n], its diagonal [n].
fn diag(x) = match rank(x) {
  1 -> where(eye(rows(x)) == 1, expand(x, (rows(x), rows(x))), 0)
  2 -> sum(where(eye(rows(x)) == 1, x, zeros_like(x)), axis: 1)
  _ -> error("diag takes a vector or a square matrix, not a tensor of {rank(x)} dimensions")
}

## Rows of zeros with a 1 at each id: [...] to [..., classes].
## Example: indicators([0, 2], 3) is [[1, 0, 0], [0, 0, 1]].
fn indicators(ids, classes) = f32(expand(ids[..., none], append(shape(ids), classes)) == arange(classes))

# Rearranging

## x with the elements of `axis` in the opposite order.
## Example: reverse([1, 2, 3]) is [3, 2, 1].
fn reverse(x, axis = 0) {
  let n = shape(x)[axis]
  take(x, n - 1 - arange(n), axis: axis)
}

## All elements in one row: [...] to [n].
fn flatten(x) = reshape(x, [-1])

## Each element of `axis` moved `shift` places on; what leaves the end comes in at the start.
## Example: roll([1, 2, 3, 4], 1) is [4, 1, 2, 3].
fn roll(x, shift, axis = 0) {
  let n = shape(x)[axis]
  take(x, (arange(n) - shift) % n, axis: axis)
}

## x again and again: `count` times along `axis`.
## Example: tile([1, 2], 2) is [1, 2, 1, 2].
fn tile(x, count, axis = 0) {
  let n = shape(x)[axis]
  take(x, arange(n * count) % n, axis: axis)
}

## Each element of `axis` `count` times in a row.
## Example: repeat_each([1, 2], 2) is [1, 1, 2, 2].
fn repeat_each(x, count, axis = 0) = take(x, arange(shape(x)[axis] * count) // count, axis: axis)

## What changes from one element to the next along `axis`, which gets shorter by one.
## Example: differences([1, 4, 9]) is [3, 5].
fn differences(x, axis = -1) {
  let n = shape(x)[axis]
  take(x, arange(n - 1) + 1, axis: axis) - take(x, arange(n - 1), axis: axis)
}

# Trees: the gradients of a model, or records of tensors

## The length of a whole tree of tensors, as if all of them were one vector.
##
## With `axis: 0` each tensor holds one entry for each example, and there is one length for each: [examples].
fn global_norm(tree, axis = none) {
  var squares = 0.0
  for leaf in leaves(tree) {
    let flat = if axis == none { flatten(leaf) } else { reshape(leaf, (shape(leaf)[0], -1)) }
    squares = squares + sum(flat * flat, axis: -1)
  }
  _safe_sqrt(squares)
}

## Every tensor of a tree with its row i multiplied by scale[i]: scale has one number for each example.
fn scale_rows(tree, scale: [n]) = map_leaves(tree, leaf -> {
  let flat = reshape(leaf, (n, -1))
  reshape(flat * scale[:, none], shape(leaf))
})

## A parameter tree made shorter, where its length is above `limit`, in the same direction.
##
## Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks, 2013.
fn clip_by_norm(tree, limit) {
  let length = global_norm(tree)
  tree * minimum(1.0, limit / (length + 1e-6))
}

## A tree with every number held between -limit and limit.
fn clip_by_value(tree, limit) = map_leaves(tree, leaf -> clamp(leaf, -limit, limit))

"""###,
      names: ["close", "variance", "std", "quantile", "median", "count_ids", "norm", "dot", "outer", "cosine_similarity", "solve", "least_squares", "inverse", "tril", "triu", "diag", "indicators", "reverse", "flatten", "roll", "tile", "repeat_each", "differences", "global_norm", "scale_rows", "clip_by_norm", "clip_by_value"]),
    File(
      name: "stdlib/text.mdl",
      source: ###"""
## Text: words that say little, and texts as the mean of their words' vectors.

## Words that occur in nearly every text: "english" or "chinese". For `without`; English ones are in small letters.
##
## Example: without(words("the cat sat on the mat"), stop_words("english")) is ["cat", "sat", "mat"].
fn stop_words(language = "english") = match language {
  "english" -> split(_english)
  "chinese" -> split(_chinese)
  _ -> error("there is no list of stop words for `{language}`", help: "the lists are \"english\" and \"chinese\"")
}

# Articles, pronouns, forms of be, have and do, prepositions, conjunctions and the like; none that negates.
let _english = "a an the this that these those
  i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers
  herself it its itself they them their theirs themselves one who whom whose which what
  am is are was were be been being have has had having do does did doing will would shall should can could may might
  must ought i'm you're he's she's it's we're they're i've you've we've they've i'd you'd he'd she'd we'd they'd i'll
  you'll he'll she'll we'll they'll that's who's what's here's there's let's
  about above across after against along among around as at before behind below beneath beside between beyond by down
  during for from in inside into near of off on onto out outside over past since through throughout to toward towards
  under until up upon via with within without
  and but or nor so if because while although though unless than whether
  again also always any anyway both each either else enough even ever every few further here how however just least
  less many more most much neither now often once only other others own per perhaps quite rather same several some
  somehow soon still such then there therefore thus too very when whenever where wherever why yet"

# Particles, pronouns, measure words, prepositions, conjunctions and auxiliary verbs. `words` gives single characters:
# the longer ones appear after `grams(1...2, separator: "")`.
let _chinese = "的 了 着 过 地 得 之 者 所 啊 吧 吗 呢 呀 哦 嗯 啦 嘛 哪 么 们
  我 你 您 他 她 它 咱 俺 我们 你们 您们 他们 她们 它们 咱们 自己 人家 大家 别人 某 某些 各 各自
  这 那 此 该 其 谁 啥 几 这个 那个 这些 那些 这里 那里 这儿 那儿 这样 那样 这么 那么 哪个 哪些 哪里 什么 怎么
  怎样 如何 为何 为什么 多少 是 有 在 要 会 能 可 可以 能够 应 应该 应当 必须 需要 想 让 使 令 叫 做 作 为 成 成为
  来 去 到 上 下 里 中 内 外 前 后 间 从 由 向 往 朝 对 对于 关于 至于 于 以 以及 以至 用 把 被 给 跟 和 与 及 同 或 或者
  并 并且 而 而且 而是 且 但 但是 不过 可是 然而 却 虽 虽然 尽管 因 因为 因此 因而 由于 所以 于是 既 既然 如 如果 若
  假如 要是 只要 只有 除 除了 除非 无论 不管 即使 就是 就算 比 比如 例如 像 似 按 按照 根据 依 通过 经过 随着 当 当时
  一 一个 一些 一下 一样 一种 一直 个 些 种 次 位 件 条 只 张 本 家 很 太 更 最 非常 十分 特别 比较 都 全 也 还 还是
  又 再 就 才 刚 刚才 已 已经 曾 曾经 正 正在 将 将要 便 即 则 只是 仅 仅仅 大概 也许 可能 其实 其中 其他 其它 另 另外
  然后 之后 之前 以后 以前 时 时候 现在 每 每个 等 等等 喔 嘿 哈 哎 唉"

## The mean of the vectors of a sequence where `mask` is true: x [batch, time, features], mask [batch, time] to
## [batch, features]. A sequence without any gives zeros.
##
## sum(mask * x) / max(sum(mask), 1).
fn masked_mean(x: [batch, time, features], mask: [batch, time]) {
  let present = where(mask, ones_like(x[..., 0]), 0)
  sum(x * present[..., none], axis: 1) / maximum(sum(present, axis: 1, keep: true), 1)
}

## A text as the mean of learned vectors of its tokens: ids [batch, time] to [batch, size]. Id 0 is padding and counts
## nothing. `masked_mean(Embedding(count, size)(ids), ids != 0)`, as PyTorch's EmbeddingBag with padding_idx 0.
layer EmbeddingBag(count, size, start = normal) {
  let embed = Embedding(count, size, start: start)
  call(ids: [batch, time]) -> [batch, size] = masked_mean(embed(ids), ids != 0)
}

"""###,
      names: ["stop_words", "masked_mean", "EmbeddingBag"]),
    File(
      name: "stdlib/train.mdl",
      source: ###"""
## Training. `train` is the loop of the textbook with checks around it; `evaluate` and `predict` are in evaluation.mdl.

## Trains a model and gives the history: one record an epoch, `{epoch, loss, accuracy, validation_loss, ...}`.
##
## `data` is a dataset, (x, y), or (x, y, w) with a weight for each row (or step of a sequence); x and y may be records
## of tensors, the named inputs and outputs of the model. Then `loss` is a record, too: `{kind: cross_entropy, size:
## mse}`, and `loss_weights` say how much each counts. `batch: none` takes all rows at once.
##
## Each epoch is measured: `metrics` is a list of functions of (prediction, target), or a record that names them; in
## training they see the predictions of the steps themselves, then those for `validate`. `stop_early: {patience: 5}`
## ends the run when the validation loss has not sunk for 5 epochs, and the model keeps its best weights; `plateau:
## {patience: 3, factor: 0.1}` makes the rate smaller then. In both `watch` names another value, `change` the least
## that counts, and `most` whether more is better (of your own metrics it is, unless you say false).
##
## Of a step: `class_weight` ("balanced", or a number for each class) and `weight` (a number for each row) reach the
## loss as its `weight`; `penalty` is a function of the model whose result is added (`net -> penalty(net.head, l2:
## 1e-4)`); `accumulate: k` makes the gradient of k batches before each update; `clip_value: c` holds each number of
## the gradient between -c and c, `clip: c` its length at most at c. `average: 0.999` validates with the moving average
## of the weights, which the model has in the end; `{decay: 0.999, keep: false}` leaves it the last ones.
##
## `after_step` and `after_epoch` are functions of a record {net, epoch, step, loss, rate, history}; the run ends where
## they give true. `checkpoint: file` writes the run after each epoch, with `checkpoint_every: n` also after each n
## steps; with `resume: true` a run goes on from that file, to the same bits.
##
## `output` says what `predict` applies ("softmax", "sigmoid", "identity") where the loss does not imply it. A target
## [batch] meets a prediction [batch, 1] as [batch, 1].
fn train(net, data, loss, optimizer = adam(), epochs = 10, batch = 32, validate = none, metrics = [],
  stop_early = none, plateau = none, clip = none, clip_value = none, penalty = none, accumulate = 1, average = none,
  weight = none, class_weight = none, loss_weights = none, after_step = none, after_epoch = none, output = none,
  shuffle = true, checkpoint = none, checkpoint_every = none, resume = false) {
  require_training_options({
    loss: loss, optimizer: optimizer, epochs: epochs, batch: batch, validate: validate, clip: clip,
    clip_value: clip_value, penalty: penalty, accumulate: accumulate, after_step: after_step, after_epoch: after_epoch,
    checkpoint: checkpoint, checkpoint_every: checkpoint_every
  })
  let source = training_source(data, weight, class_weight)
  require_trainable(net, source, loss, loss_weights: loss_weights)
  attach(net, data, output: if output == none { outputs_of_loss(loss) } else { output })
  # (The place of this draw is part of its address: orders of batches stay as they are while it stays.)
  let seed = int(integers(1_000_000_000, []))
  let metrics = named_metrics(metrics)
  let stop_early = watch_rules("stop_early", stop_early, { patience: 5 }, validate, metrics, loss)
  let plateau = watch_rules("plateau", plateau, { patience: 3, factor: 0.1, least: 0.0 }, validate, metrics, loss)
  let average = _averaging(average)
  let slowed = if plateau == none { optimizer } else { _slowed(optimizer) }
  let options = {
    net: net, source: source, loss: loss, epochs: epochs, batch: batch, validate: validate, metrics: metrics,
    optimizer: if average == none { slowed } else { averaged(slowed, average.decay) },
    measured: if average == none { net } else { copy(net) }, average: average, stop_early: stop_early, plateau: plateau,
    clip: clip, clip_value: clip_value, penalty: penalty, accumulate: accumulate, loss_weights: loss_weights,
    after_step: after_step, after_epoch: after_epoch, shuffle: shuffle, checkpoint: checkpoint,
    checkpoint_every: checkpoint_every
  }
  let start = merge(_new_epoch(options), {
    epoch: 1, taken: 0, seed: seed, history: [], stopped: false, scale: 1.0,
    watch: unjudged(), level: unjudged(), best_net: if stop_early == none { none } else { copy(net) }
  })
  if resume and checkpoint != none and file_exists(checkpoint) {
    _run(options, load_run(checkpoint, { net: net, optimizer: options.optimizer, state: start }).state)
  } else {
    _run(options, start)
  }
}

## Goes on with the training that Ctrl-C stopped, to the same bits as if it had not.
fn resume() {
  let run = suspended()
  if run == none { error("there is no stopped training to go on with") }
  _run(run.options, run.state)
}

# Ctrl-C is answered between two steps, so that a stopped run can go on.
fn _run(options, state) = hold_interrupts(() -> _epochs(options, state))

# The optimizer's groups name parameters of this model.
fn _require_groups(net, optimizer) {
  let paths = map(parameters(net), each -> each.path)
  for name in optimizer.groups {
    require(fold(paths, false, (found, path) -> found or is_named(path, name)),
      "with_group: no parameter is called \"{name}\"", help: "there are " + join(paths, ", "))
  }
}

# What an epoch begins with: steps done, the losses summed over rows, and what metrics will need.
fn _new_epoch(options) = {
  step: 0, totals: zero_losses(options.loss), rows: if options.source.w == none { 0 } else { 0.0 }, outputs: [],
  targets: []
}

fn _epochs(options, start) {
  let {net, source, optimizer, epochs, metrics} = options
  let rows_of_step = if options.batch == none { source.rows } else { options.batch * options.accumulate }
  let steps = (source.rows + rows_of_step - 1) // rows_of_step
  let step = _step(options)
  let every = if options.after_step != none { 1 } else { options.checkpoint_every }

  var state = start
  report({ started: true, epoch: state.epoch, epochs: epochs, step: state.step, steps: steps })
  while state.epoch <= epochs and not state.stopped {
    let order = state.seed + state.epoch
    # Random changes of examples depend on the order and on the place of the batch in it.
    let place = if length(source.changes) == 0 { none } else { order * 1_000_000_000 + state.step * rows_of_step }
    let parts = batches(source.batched, rows_of_step, shuffle: options.shuffle, seed: order, from: state.step)
    for ((totals, seen, _), kept, done) in compiled_loop(parts, (state.totals, state.rows, place), step, every: every) {
      let before = state.totals
      let counted = state.rows
      state.taken += done - state.step
      state.step = done
      state.totals = map_leaves(totals, float)
      state.rows = if source.w == none { seen } else { float(seen) }
      if kept != none {
        state.outputs = append(state.outputs, flat_steps(kept[0]))
        state.targets = append(state.targets, flat_steps(kept[1]))
      }
      report({ epoch: state.epoch, epochs: epochs, step: state.step, steps: steps,
        values: { loss: state.totals.loss / state.rows }, done: false })
      if options.checkpoint_every != none and state.step % options.checkpoint_every == 0 { _save(options, state) }
      if options.after_step != none {
        let loss = (state.totals.loss - before.loss) / (state.rows - counted)
        state.stopped = _asked_to_stop("after_step", options.after_step, _seen(options, state, loss))
        if state.stopped { break }
      }
      stop_here({ options: options, state: state })
    }

    if options.average != none { _take_average(options) }
    var values = map(fields(state.totals), ((name, total)) -> (name, total / state.rows))
    if length(metrics) > 0 {
      let trained = measured(net, joined_rows(state.outputs), joined_rows(state.targets), metrics, "")
      values = values + trained
    }
    if options.validate != none { values = values + _validated(options) }
    state.history = append(state.history, record([("epoch", state.epoch)] + values))
    report({ epoch: state.epoch, epochs: epochs, step: state.step, steps: state.step,
      values: record(values), done: true })
    if options.stop_early != none { state = _watched(options, state, dict(values)) }
    if options.plateau != none { state = _slower(options, state, dict(values)) }
    if options.after_epoch != none {
      let asked = _asked_to_stop("after_epoch", options.after_epoch, _seen(options, state, values[0][1]))
      state.stopped = state.stopped or asked
    }
    state.epoch += 1
    state = merge(state, _new_epoch(options))
    if options.checkpoint != none { _save(options, state) }
  }
  if options.stop_early != none {
    restore(net, state.best_net)
  } else if options.average != none and options.average.keep {
    _take_average(options)
    restore(net, options.measured)
  }
  state.history
}

# One step: from the losses summed so far, weighted, and a batch, to the new sums and what the metrics will need.
fn _step(options) {
  let {net, source, loss, optimizer, clip, clip_value, accumulate} = options
  let keeps = length(options.metrics) > 0
  let pick = batch_of(source)
  let gradient = (x, y, w) -> value_and_grad(net -> {
    let prediction = net(x)
    let losses = losses_of(loss, prediction, y, w, options.loss_weights)
    let cost = if options.penalty == none { losses.loss } else { losses.loss + options.penalty(net) }
    (cost, (losses, prediction))
  }, extra: true)(net)
  let whole = if accumulate == 1 { gradient } else { (x, y, w) -> _accumulated(gradient, x, y, w, accumulate) }
  ((totals, seen, place), drawn) -> {
    let (x, y, w) = pick(drawn)
    let x = if place == none { x } else { seeded(place, () -> changed_rows(source.changes, x)) }
    let next = if place == none { none } else { place + rows(x) }
    let ((value, (losses, prediction)), g) = whole(x, y, w)
    require(is_finite(value), "the loss is not finite; the model is as it was before this step",
      help: "try a smaller rate, `clip: 1`, or `normalize()` on the data")
    let g = if clip_value == none { g } else { clip_by_value(g, clip_value) }
    _require_groups(net, optimizer)
    update(net, optimizer, if clip == none { g } else { _clipped(g, clip) })
    let size = batch_weight(x, w)
    let sums = totals + map_leaves(losses, value -> f64(value) * size)
    ((sums, seen + size, next), if keeps { (prediction, y) } else { none })
  }
}

# The length is known here, so that a gradient that is not finite is not used.
fn _clipped(g, clip) {
  require(is_finite(global_norm(g)), "the gradient is not finite; the model is as it was before this step",
    help: "roots, logarithms and powers have such slopes near 0; try a smaller rate")
  clip_by_norm(g, clip)
}

# The gradient of a batch from its parts, one after the other, with the memory of one: the mean over rows or weights.
fn _accumulated(gradient, x, y, w, count) {
  let n = rows(leaves(x)[0])
  let bounds = filter(map(0..<count, i -> (i * n // count, (i + 1) * n // count)), ((from, to)) -> to > from)
  let found = map(bounds, ((from, to)) -> {
    let cut = tree -> if tree == none { none } else { map_leaves(tree, v -> v[from..<to]) }
    let (x, w) = (cut(x), cut(w))
    let ((value, (losses, prediction)), g) = gradient(x, cut(y), w)
    (batch_weight(x, w), value, losses, prediction, g)
  })
  let total = fold(found, 0, (sum, part) -> sum + part[0])
  # A batch whose weights are all 0 has no gradient.
  let share = part -> part[0] / (if w == none { total } else { where(total == 0, 1, total) })
  let mean = k -> fold(found[1:], found[0][k] * share(found[0]), (sum, part) -> sum + part[k] * share(part))
  ((mean(1), (mean(2), joined_rows(map(found, part -> part[3])))), mean(4))
}

fn _validated(options) {
  let {loss, metrics} = options
  let (outputs, y, w) = answers(options.net, options.validate, 1024, model: options.measured)
  let losses = fields(total_losses(loss, outputs, y, w, options.loss_weights))
  map(losses, ((name, value)) -> ("validation_" + name, value)) +
    measured(options.net, outputs, y, metrics, "validation_")
}

fn _save(options, state) =
  save_run(options.checkpoint, { net: options.net, optimizer: options.optimizer, state: state })

fn _rate(options, state) =
  if options.optimizer.rate == none { none } else { state.scale * at(options.optimizer.rate, state.taken) }

# What a callback sees.
fn _seen(options, state, loss) = {
  net: options.net, epoch: state.epoch, step: state.taken, loss: loss, rate: _rate(options, state),
  history: state.history
}

fn _asked_to_stop(name, callback, run) {
  let answer = callback(run)
  if answer != none and kind(answer) != "Bool" {
    error("{name} gives true to end the run, false or none to go on, and gave {kind(answer)}")
  }
  answer == true
}

# The average of the weights with the other parameters and states as they are.
fn _take_average(options) {
  restore(options.measured, options.net)
  assign(options.measured, averages(options.net, options.optimizer))
}

fn _averaging(given) = if given == none {
  none
} else if kind(given) == "record" {
  filled("average", given, { decay: 0.999, keep: true })
} else {
  { decay: given, keep: true }
}

# Early stopping: keeps the best weights, and stops when patience is at its end.
fn _watched(options, before, values) {
  var state = before
  state.watch = judged(options.stop_early, state.watch, values)
  if state.watch.waited == 0 {
    let keeps_average = options.average == none or options.average.keep
    state.best_net = copy(if keeps_average { options.measured } else { options.net })
  }
  state.stopped = state.stopped or state.watch.waited >= options.stop_early.patience
  state
}

# The rate sinks when the watched value does not. The factor lies in the optimizer's state, where programs read it.
fn _slower(options, before, values) {
  var state = before
  let rules = options.plateau
  state.level = judged(rules, state.level, values)
  if state.level.waited >= rules.patience {
    state.level.waited = 0
    let rate = _rate(options, merge(state, { scale: 1.0 }))
    let least = if rate == none or rate == 0 { 0.0 } else { rules.least / rate }
    state.scale = maximum(state.scale * rules.factor, minimum(least, state.scale))
    let slower = s -> merge(s, { scale: state.scale })
    change_states(options.net, options.optimizer,
      if options.average == none { slower } else { s -> merge(s, { inner: slower(s.inner) }) })
  }
  state
}

# Steps of the optimizer times a number that its state holds: as a rate times that number.
fn _slowed(opt) = optimizer {
  rate: opt.rate
  groups: opt.groups
  start: p -> { inner: opt.start(p), scale: 1.0 }
  step: (p, g, s, t) -> {
    let (next, inner) = opt.step(p, g, s.inner, t)
    (p + s.scale * (next - p), { inner: inner, scale: s.scale })
  }
}

"""###,
      names: ["train", "resume"]),
    File(
      name: "stdlib/training_checks.mdl",
      source: ###"""
## The options of `train`, checked before anything is made or drawn.

## Each of these options is of its kind and in its range.
fn require_training_options(options) {
  let {loss, optimizer, epochs, batch, accumulate, checkpoint} = options
  for each in if kind(loss) == "record" { map(fields(loss), ((_, own)) -> own) } else { list((loss,)) } {
    require_function("train's loss", each, example: "such as `mse` or `cross_entropy`")
  }
  if kind(optimizer) != "optimizer" {
    error("train's optimizer must be an optimizer, and got {kind(optimizer)}",
      help: if kind(optimizer) == "function" { "call it: `optimizer: adam()`" } else { "such as `adam(rate: 1e-3)`" })
  }
  require_count("train's epochs", epochs, least: 0)
  if batch == none {
    require(accumulate == 1, "accumulate joins batches, and `batch: none` takes all rows at once")
  } else {
    require_count("train's batch", batch)
  }
  require_count("train's accumulate", accumulate)
  if options.validate != none { require_examples("train's validate", options.validate) }
  _require_above_0("train's clip", options.clip)
  _require_above_0("train's clip_value", options.clip_value)
  let {penalty, after_step, after_epoch} = options
  if penalty != none {
    require_function("train's penalty", penalty, example: "of the model: `net -> net |> penalty(l2: 1e-4)`")
  }
  for (name, given) in [("after_step", after_step), ("after_epoch", after_epoch)] {
    if given != none { require_function("train's {name}", given, example: "of the run: `run -> run.loss < 0.01`") }
  }
  if checkpoint != none and kind(checkpoint) != "Text" {
    error("train's checkpoint must be the name of a file, and is {checkpoint}",
      help: "`checkpoint: \"run.safetensors\"`; after how many steps says `checkpoint_every`")
  }
  if options.checkpoint_every != none {
    require(checkpoint != none, "checkpoint_every needs a file", help: "add `checkpoint: \"run.safetensors\"`")
    require_count("train's checkpoint_every", options.checkpoint_every)
  }
}

## `data` is a dataset, (x, y) or (x, y, weights).
fn require_examples(what, data) {
  if kind(data) != "dataset" and (kind(data) != "tuple" or length(data) < 2 or length(data) > 3) {
    error("{what} must be a dataset, (x, y) or (x, y, weights), and got {kind(data)}",
      help: "hold rows back by `data |> split(train: 0.8, validation: 0.2)` and give `data.validation`")
  }
}

fn _require_above_0(what, value) {
  if value != none {
    require_not_negative(what, value)
    require(value > 0, "{what} must be above 0, and is {value}")
  }
}

"""###,
      names: ["require_training_options", "require_examples"]),
    File(
      name: "stdlib/training_data.mdl",
      source: ###"""
## What `train` and `evaluate` take: rows of x, y and weights, tensors or records of tensors, and the losses on them.

## The rows that are trained on: {x, y, w, rows, batched, plain, changes, classes}. `plain`: batches come as (x, y)
## themselves, otherwise as the numbers of their rows. `changes` are the random changes of examples. Of a stream x and y
## are the first rows.
fn training_source(data, weight, class_weight) {
  let is_set = kind(data) == "dataset"
  if not is_set and (kind(data) != "tuple" or length(data) < 2 or length(data) > 3) {
    error("train takes a dataset, (x, y) or (x, y, weights), and got {kind(data)}")
  }
  if is_streamed(data) {
    if weight != none or class_weight != none { error("rows that are streamed have no weights") }
    let first = if rows(data) > 256 { head(data, 256) } else { data }
    return {
      x: first.x, y: first.y, w: none, rows: rows(data), plain: true, changes: data.augmentation, classes: none,
      batched: data
    }
  }
  let (x, y) = if is_set { (data.x, data.y) } else { (data[0], data[1]) }
  let given = if not is_set and length(data) == 3 { [data[2]] } else { [] }
  let own = given + if weight == none { [] } else { [weight] }
  let by_class = if class_weight == none { [] } else { [_weights_of_classes(class_weight, y)] }
  let w = fold(own + by_class, none, (product, next) ->
    if product == none { f32(next) } else { _spread(product, next) })
  let count = _row_count("x", x)
  let plain = w == none and kind(x) == "tensor" and kind(y) == "tensor"
  {
    x: x, y: y, w: w, rows: count, plain: plain, changes: if is_set { data.augmentation } else { [] },
    classes: if is_set { data.classes } else { none },
    batched: if plain { if is_set { data } else { (x, y) } } else { arange(count) }
  }
}

# Two weights, of examples and perhaps of their steps, as one.
fn _spread(a, b) {
  let (long, short) = if rank(a) >= rank(b) { (f32(a), f32(b)) } else { (f32(b), f32(a)) }
  long * expand(reshape(short, shape(short) + map(rank(short)..<rank(long), _ -> 1)), shape(long))
}

fn _weights_of_classes(given, y) {
  if kind(y) != "tensor" or dtype(y) != "i64" {
    error("class_weight is for targets of class ids", help: "give `weight:` a number for each row instead")
  }
  let each = if kind(given) == "Text" {
    if given != "balanced" { error("class_weight is \"balanced\" or a number for each class, and got \"{given}\"") }
    class_weights(y)
  } else {
    given
  }
  if rows(each) <= int(max(y)) {
    error("class_weight has {rows(each)} numbers, and class {int(max(y))} occurs in the target")
  }
  take(f32(each), y)
}

fn _row_count(name, tree) {
  let all = leaves(tree)
  if length(all) == 0 { error("there is no tensor in {name}") }
  for each in all {
    if rows(each) != rows(all[0]) {
      error("the tensors in {name} have {rows(all[0])} and {rows(each)} rows; each row is one example")
    }
  }
  rows(all[0])
}

## Whether rows are read from a file as they are needed.
fn is_streamed(data) = kind(data) == "dataset" and data.streamed

## These rows of each tensor in a record.
fn rows_at(tree, ids) = if tree == none { none } else { map_leaves(tree, v -> take(v, ids)) }

## From what a batch brings to its (x, y, w).
fn batch_of(source) = if source.plain {
  ((x, y)) -> (x, y, none)
} else {
  let {x, y, w} = source
  ids -> (rows_at(x, ids), rows_at(y, ids), rows_at(w, ids))
}

## Examples x [rows, ...] as `train` may see them: changed by what the dataset has from `augment`, with new random
## numbers at each call. show(augmented(data.train, data.train.x[0..<8])) shows eight images.
fn augmented(data, x) = changed_rows(data.augmentation, x)

## Each example changed by these functions, one after the other.
fn changed_rows(changes, x) = vmap(example -> fold(changes, example, (example, change) -> change(example)))(x)

## How much a batch counts in the mean of an epoch: its rows, or its weights.
fn batch_weight(x, w) = if w == none { rows(leaves(x)[0]) } else { f64(sum(w)) }

## [steps, batch, ...] as [rows, ...], in each tensor of a record.
fn flat_steps(tree) = map_leaves(tree, x -> reshape(x, joined([[shape(x)[0] * shape(x)[1]], shape(x)[2:]])))

## Tensors, or records of them, one below the other.
fn joined_rows(parts) = if kind(parts[0]) == "record" {
  record(map(fields(parts[0]), ((name, _)) -> (name, joined_rows(map(parts, part -> _field(part, name))))))
} else {
  concat(parts)
}

fn _field(values, name) = dict(fields(values))[name]

## The output or target `name` of a record, for a loss or metric of that name.
fn output_named(values, name, what) {
  if kind(values) != "record" or not has_field(values, name) {
    let names = if kind(values) == "record" { map(fields(values), ((name, _)) -> name) } else { [] }
    let found = if length(names) == 0 { "no record" } else { "there are " + join(names, ", ") }
    error("{what} names the output `{name}`: {found}")
  }
  _field(values, name)
}

## The losses by name: {loss}, and for a record of losses also `kind_loss` for each output `kind`.
##
## A record's `loss` is their sum, each times its number in `weights`.
fn losses_of(loss, prediction, target, w, weights) = if kind(loss) == "record" {
  let each = map(fields(loss), ((name, own)) ->
    (name + "_loss", _cost(own, _field(prediction, name), _field(target, name), w)))
  let known = if weights == none { dict([]) } else { dict(fields(weights)) }
  let total = fold(zip(each, fields(loss)), 0.0, (sum, ((_, value), (name, _))) -> sum + get(known, name, 1.0) * value)
  record([("loss", total)] + each)
} else {
  { loss: _cost(loss, prediction, target, w) }
}

fn _cost(loss, prediction, target, w) {
  let target = beside(prediction, target)
  if w == none { loss(prediction, target) } else { loss(prediction, target, weight: w) }
}

## `losses_of` with 0.0 for each.
fn zero_losses(loss) = record([("loss", 0.0)] +
  if kind(loss) == "record" { map(fields(loss), ((name, _)) -> (name + "_loss", 0.0)) } else { [] })

## `losses_of` for all rows, as numbers.
fn total_losses(loss, outputs, target, w, weights) =
  map_leaves(compiled((p, y, w) -> losses_of(loss, p, y, w, weights))(outputs, target, w), float)

## The target as a loss wants it beside the prediction: [batch] as [batch, 1] where that has one column.
fn beside(prediction, target) =
  if kind(prediction) == "record" or kind(target) == "record" {
    target
  } else if rank(prediction) == rank(target) + 1 and shape(prediction)[-1] == 1 {
    target[..., none]
  } else {
    target
  }

## What `predict` applies after a loss on logits. Of a record of losses one for each output:
## "kind=softmax,size=identity".
fn outputs_of_loss(loss) = if kind(loss) == "record" {
  join(map(fields(loss), ((name, own)) -> name + "=" + outputs_of_loss(own)), ",")
} else {
  match name_of(loss) {
    "cross_entropy" -> "softmax"
    "focal" -> "softmax"
    "binary_cross_entropy" -> "sigmoid"
    "binary_focal" -> "sigmoid"
    "kl" -> "softmax"
    _ -> "identity"
  }
}

# A sum keeps NaN and infinities; where it is too large itself, the extremes decide. No tensor of truth values is made
# beside the data.
fn _all_finite(x) = dtype(x) == "i64" or dtype(x) == "bool" or is_finite(sum(x)) or
  is_finite(compiled(x -> maximum(max(x), -min(x)))(x))

## What would go wrong in the first step, said before it.
fn require_trainable(net, source, loss, loss_weights = none) {
  let {x, y, w} = source
  if source.rows == 0 { error("there are no rows to train on") }
  let (inputs, targets) = (_row_count("x", x), _row_count("y", y))
  if inputs != targets { error("x has {inputs} rows and y has {targets}; each row needs one target") }
  for each in leaves(x) {
    if not _all_finite(each) {
      error("the data holds numbers that are missing or infinite",
        help: "`fill_missing()` fills them, `filter` drops such rows")
    }
  }
  # A target may be missing where its weight is 0.
  for each in leaves(y) {
    if w == none and not _all_finite(each) {
      error("the target holds numbers that are missing or infinite",
        help: "drop such rows with `filter`, or give them the weight 0")
    }
  }
  if source.classes != none {
    for (id, count) in enumerate(count_ids(y, length(source.classes))) {
      require(count > 0, "no row of the training data is of the class `{source.classes[id]}`",
        help: "`split(stratified: true)` gives each part rows of every class; `filter` leaves the rows of a class out")
    }
  }
  if w != none { _check_weights(w, source.rows) }
  for (name, _) in if loss_weights == none { [] } else { fields(loss_weights) } {
    if kind(loss) != "record" or not has_field(loss, name) {
      error("loss_weights names `{name}`, and there is no such loss",
        help: "one for each output: `loss: \{ {name}: mse \}`")
    }
  }
  let prediction = net(map_leaves(x, each -> each[0..<1]))
  if kind(loss) == "record" {
    for (name, own) in fields(loss) {
      if kind(prediction) != "record" or not has_field(prediction, name) {
        error("there is a loss for `{name}`, and the network gives no `{name}`",
          help: "let its `call` end in a record of its outputs: \{ {name}: ... \}")
      }
      if kind(y) != "record" or not has_field(y, name) { error("there is a loss for `{name}`, and y has no `{name}`") }
      _check_ids(own, _field(prediction, name), counted(_field(y, name), w))
    }
  } else {
    if kind(prediction) == "record" {
      let names = map(fields(prediction), ((name, _)) -> name)
      error("the network gives a record ({join(names, ", ")}), and there is one loss",
        help: "give one for each output: `loss: \{ {names[0]}: mse, ... \}`")
    }
    _check_ids(loss, prediction, counted(y, w))
  }
}

fn _check_weights(w, count) {
  if rows(w) != count { error("x has {count} rows and there are {rows(w)} weights; each row needs one") }
  if not _all_finite(w) or min(w) < 0 { error("a weight is a number of at least 0") }
  if max(w) == 0 { error("all weights are 0: nothing is left to learn from") }
}

fn _check_ids(loss, prediction, y) {
  let of_classes = contains(["cross_entropy", "focal", "hinge", "squared_hinge", "multi_margin"], name_of(loss))
  if of_classes and dtype(y) == "i64" and rank(y) < rank(prediction) and shape(prediction)[-1] > 1 {
    let classes = shape(prediction)[-1]
    let (least, most) = (int(min(y)), int(max(y)))
    if least < 0 { error("class {least} occurs in the target; class ids count from 0") }
    if most >= classes {
      error("class {most} occurs in the target, and the network has {classes} outputs",
        help: "ids count from 0: end the network in `Dense({most + 1})`")
    }
  }
}

"""###,
      names: ["training_source", "is_streamed", "rows_at", "batch_of", "augmented", "changed_rows", "batch_weight", "flat_steps", "joined_rows", "output_named", "losses_of", "zero_losses", "total_losses", "beside", "outputs_of_loss", "require_trainable"]),
    File(
      name: "stdlib/training_tools.mdl",
      source: ###"""
## Around the training loop: finding a rate, larger batches, groups of parameters.

## Trains a copy of the model while the rate rises from `low` to `high`: {rates, losses, best}.
##
## data: as `train` takes it; `make` makes the optimizer from a rate. The loss is smoothed; it stops when it is four
## times its lowest. `best` is the rate at which it fell most steeply: a good one to train with. The model itself does
## not change. Look at it with `print(plot_text({ loss: found.losses }))`. Smith: Cyclical learning rates for training
## neural networks, 2017.
fn find_rate(net, data, loss, make = adam, low = 1e-6, high = 1.0, steps = 100, batch = 32) {
  if low <= 0 or high <= low {
    error("find_rate: the rates rise from {low} to {high}", help: "low is above 0, high above low")
  }
  let source = training_source(data, none, none)
  require_trainable(net, source, loss)
  let trial = copy(net)
  let rate_at = t -> low * (high / low) ^ ((t - 1) / maximum(steps - 1, 1))
  let opt = make(rate_at)
  let pick = batch_of(source)
  let step = compiled(drawn -> {
    let (x, y, w) = pick(drawn)
    let (value, g) = value_and_grad(net -> losses_of(loss, net(x), y, w, none).loss)(trial)
    update(trial, opt, g)
    value
  })
  var (rates, losses) = ([], [])
  var (mean, least, t) = (0.0, infinity, 0)
  var going = true
  while going {
    for drawn in batches(source.batched, batch) {
      let value = float(step(drawn))
      t += 1
      mean = 0.9 * mean + 0.1 * value
      let smooth = mean / (1 - 0.9 ^ t)
      if not is_finite(smooth) or smooth > 4 * least { going = false }
      if going {
        least = minimum(least, smooth)
        rates = append(rates, rate_at(t))
        losses = append(losses, smooth)
        going = t < steps
      }
      if not going { break }
    }
  }
  if length(losses) < 3 { error("find_rate: the loss grew at once", help: "begin with a smaller `low`") }
  let all = stack(map(losses, value -> f64(value)))
  # The first means are of few batches: their falls say little. Differences over several steps are less noisy.
  let (skip, reach) = (length(losses) // 10, maximum(length(losses) // 12, 1))
  let steepest = skip + reach + int(argmin(all[(skip + 2 * reach):] - all[skip..<(length(losses) - 2 * reach)]))
  { rates: stack(map(rates, rate -> f64(rate))), losses: all, best: rates[steepest] }
}

## An optimizer that steps once in `every` updates, with the mean of their gradients: batches that do not fit at once.
## `adam() |> accumulated(4)` with batches of 8 does what adam() does with 32. A schedule counts the true steps.
fn accumulated(opt, every) {
  if every < 1 { error("accumulated: every is {every}, and 1 is the least") }
  optimizer {
    rate: opt.rate
    groups: opt.groups
    start: p -> { inner: opt.start(p), sum: zeros_like(p) }
    step: (p, g, s, t) -> {
      let total = s.sum + g
      let (next, inner) = opt.step(p, total / every, s.inner, maximum(t // every, 1))
      let now = t % every == 0
      (where(now, next, p), {
        inner: _chosen(now, inner, s.inner), sum: where(now, zeros_like(total), total)
      })
    }
  }
}

# The new state or the old one, leaf by leaf.
fn _chosen(now, new, old) = match kind(new) {
  "none" -> none
  "record" -> record(map(zip(fields(new), fields(old)), (((name, a), (_, b))) -> (name, _chosen(now, a, b))))
  _ -> where(now, new, old)
}

## An optimizer that treats some parameters by another one: `adamw() |> with_group("offset", adamw(decay: 0))`.
##
## `names`: a text or a list: parameters (`offset`, `[0].weight`) or parts (`body`, `[0]`), as in `parameters(net)`. Of
## several groups the last that is added and names a parameter counts. `train` stops at a name that the model does not
## have. Parts that shall not learn at all: `freeze`.
fn with_group(opt, names, other) = optimizer {
  rate: opt.rate
  groups: opt.groups + other.groups + if kind(names) == "Text" { [names] } else { list(names) }
  start: p -> {
    let own = if is_named(updated_parameter(), names) { other } else { opt }
    own.start(p)
  }
  step: (p, g, s, t) -> {
    let own = if is_named(updated_parameter(), names) { other } else { opt }
    own.step(p, g, s, t)
  }
}

"""###,
      names: ["find_rate", "accumulated", "with_group"]),
    File(
      name: "stdlib/watching.mdl",
      source: ###"""
## What `train` watches from epoch to epoch: whether a loss or metric still gets better.

## The rules of an option, `{patience, watch, change, most}` and what `own` has, with what `given` leaves out; none
## stays none.
##
## Where nothing is named, the validation loss is watched, or the loss where nothing is validated. `most` says whether
## more is better; where it is none the name decides, or that of the metric's function (`is_error`).
fn watch_rules(name, given, own, validate, metrics, loss) {
  if given == none {
    none
  } else {
    let usual = if validate == none { "loss" } else { "validation_loss" }
    let rules = filled(name, given, merge(own, { change: 0.0, watch: usual, most: none }))
    let found = map(fields(zero_losses(loss)), ((name, _)) -> name) + map(metrics, ((name, metric)) -> name)
    let all = found + if validate == none { [] } else { map(found, name -> "validation_" + name) }
    if not contains(all, rules.watch) {
      error("{name} cannot watch `{rules.watch}`", help: "it watches " + join(all, " or "))
    }
    let functions = map(filter(metrics, ((name, _)) -> name == replace(rules.watch, "validation_", "")),
      ((_, metric)) -> name_of(metric))
    let least = fold([rules.watch] + functions, false, (least, name) -> least or is_error(name))
    if rules.most == none { merge(rules, { most: not least }) } else { rules }
  }
}

let _errors = [
  "mse", "mae", "rmse", "huber", "log_cosh", "pinball", "poisson_nll", "gaussian_nll", "cross_entropy",
  "binary_cross_entropy", "kl", "focal", "binary_focal", "hinge", "squared_hinge", "multi_margin", "cosine_distance",
  "median_absolute_error", "mape", "max_error", "msle", "rmsle", "tweedie_deviance", "hamming", "zero_one", "log_loss",
  "brier", "calibration_error", "perplexity"
]

## Whether a value of a history is better the smaller it is: a loss, or an error of the library, of the validation data
## or of one output too (`validation_size_mae`).
fn is_error(name) {
  let own = replace(name, "validation_", "")
  own == "loss" or ends_with(own, "_loss") or
    fold(_errors, false, (found, error) -> found or own == error or ends_with(own, "_" + error))
}

## The record `defaults` with the fields that `given` has, none of them new.
fn filled(name, given, defaults) {
  if kind(given) != "record" {
    let (field, value) = fields(defaults)[0]
    error("{name} takes a record, and got {kind(given)}", help: "such as `{name}: \{ {field}: {value} \}`")
  }
  for (field, _) in fields(given) {
    if not has_field(defaults, field) {
      let known = map(fields(defaults), ((name, _)) -> name)
      error("{name} has no `{field}`", help: "it takes " + join(known[:-1], ", ") + " and " + known[-1])
    }
  }
  merge(defaults, given)
}

## Before the first epoch: no best value, none waited.
fn unjudged() = { best: none, waited: 0 }

## After an epoch's values: the best so far, and for how many epochs there has been no better one.
fn judged(rules, before, values) {
  let value = if rules.most { -values[rules.watch] } else { values[rules.watch] }
  let known = before.best != none and not is_nan(before.best)
  if not known or value < before.best - rules.change {
    { best: value, waited: 0 }
  } else {
    { best: before.best, waited: before.waited + 1 }
  }
}

"""###,
      names: ["watch_rules", "is_error", "filled", "unjudged", "judged"]),
    File(
      name: "stdlib/word_vectors.mdl",
      source: ###"""
## Words as vectors, learned from the words around them.

## Vectors for words by skip-gram with negative sampling: {vectors: [words, size], losses (by epoch)}.
##
## ids: [n], a text as ids below `count`. Each word is to tell its neighbours within `window` from `negatives` words
## drawn by how often they occur, to the power 3/4: -log sigmoid(u . v) - sum log sigmoid(-u . drawn).
## Frequent words tell little: with `subsample: t` a word of share f of the text stays with chance sqrt(t / f) + t / f
## (1e-3 to 1e-5). Mikolov, Sutskever, Chen, Corrado, Dean: Distributed representations of words and phrases, 2013.
fn skip_gram(ids, count, size = 32, window = 2, negatives = 5, epochs = 5, rate = 0.01, batch = 256, subsample = none) {
  let ids = if subsample == none { ids } else { _thinned(ids, count, subsample) }
  let n = rows(ids)
  if n <= window { error("skip_gram: {n} words are too few for a window of {window}") }
  let ahead = map(1...window, apart -> (ids[:n - apart], ids[apart:]))
  let words = concat(map(ahead, ((a, b)) -> concat([a, b])))
  let near = concat(map(ahead, ((a, b)) -> concat([b, a])))
  # A long list of words, each as often as it is to be drawn.
  let shares = cumsum(f64(count_ids(ids, count)) ^ 0.75, axis: 0)
  let places = i64(floor(shares / shares[-1] * 100_000))
  let pool = minimum(cumsum(scatter_add(ones_like(places), minimum(places, 99_999), 100_000), axis: 0), count - 1)

  let net = { word: Embedding(count, size, start: _small), near: Embedding(count, size, start: _small) }
  let opt = adam(rate)
  let step = (total, (w, v)) -> {
    let drawn = take(pool, integers(100_000, (rows(w), negatives)))
    let (value, g) = value_and_grad(net -> {
      let u = net.word(w)
      let own = sum(u * net.near(v), axis: 1)
      let others = squeeze(net.near(drawn) @ u[..., none], axis: -1)
      mean(softplus(-own) + sum(softplus(others), axis: 1))
    })(net)
    update(net, opt, g)
    (total + f64(value), none)
  }
  let steps = (rows(words) + batch - 1) // batch
  report({ started: true, epoch: 1, epochs: epochs, step: 0, steps: steps })
  let losses = map(1...epochs, epoch -> {
    var value = 0.0
    for (total, _, done) in compiled_loop(batches((words, near), batch), 0.0, step) {
      value = float(total) / done
      report({ epoch: epoch, epochs: epochs, step: done, steps: steps, values: { loss: value },
        done: done == steps })
    }
    value
  })
  { vectors: net.word.table, losses: losses }
}

# The words that stay, in their order.
fn _thinned(ids, count, t) {
  let share = f64(count_ids(ids, count)) / rows(ids)
  let chance = take(sqrt(t / maximum(share, 1e-12)) + t / maximum(share, 1e-12), ids)
  let stays = f64(uniform(rows(ids))) < chance
  take(ids, argsort(i64(not stays))[:int(sum(i64(stays)))])
}

fn _small(rows, columns) = uniform(rows, columns, low: -0.5 / columns, high: 0.5 / columns)

## The k rows whose vectors point most nearly the same way as `vector`: (positions, cosines). The first is the word
## itself when the vector is one of the rows.
fn nearest(vectors: [count, size], vector: [size], k = 10) {
  let lengths = norm(vectors, axis: 1) * norm(vector)
  let (cosines, positions) = top_k(vectors @ vector / maximum(lengths, 1e-12), minimum(k, count))
  (positions, cosines)
}

"""###,
      names: ["skip_gram", "nearest"]),
  ]
}
