import TensorGraph

// y = convolve(x, w) is linear in both operands. With x' and w' their cotangents,
//   <convolve(x, w), g> = <x, convolveInput(g, w)> = <w, convolveWeight(x, g)>,
// so each of the three has the other two as its derivatives.

func convolveGradients(_ convolution: Convolution, _ x: Node, _ weight: Node, _ g: Node) throws(TransformProblem)
  -> [Node?]
{
  [
    try g.builder.one(.convolveInput(convolution, sizes: Array(x.shape[1...2])), g, weight),
    try g.builder.one(.convolveWeight(convolution, sizes: Array(weight.shape[0...1])), x, g),
  ]
}

/// (cotangent of y, weight), with the cotangent of x's cotangent.
func convolveInputGradients(_ convolution: Convolution, _ y: Node, _ weight: Node, _ g: Node)
  throws(TransformProblem) -> [Node?]
{
  [
    try g.builder.one(.convolve(convolution), g, weight),
    try g.builder.one(.convolveWeight(convolution, sizes: Array(weight.shape[0...1])), g, y),
  ]
}

/// (x, cotangent of y), with the cotangent of the weight's cotangent.
func convolveWeightGradients(_ convolution: Convolution, _ x: Node, _ y: Node, _ g: Node) throws(TransformProblem)
  -> [Node?]
{
  [
    try g.builder.one(.convolveInput(convolution, sizes: Array(x.shape[1...2])), y, g),
    try g.builder.one(.convolve(convolution), x, g),
  ]
}
