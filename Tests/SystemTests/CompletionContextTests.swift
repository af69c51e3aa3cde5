import Session
import Testing

/// What Tab sees from the text before the cursor.
struct CompletionContextTests {
  @Test(arguments: [
    ("tra", CompletionContext.name("tra", callee: nil)),
    ("let y = so", .name("so", callee: nil)),
    ("", .name("", callee: nil)),
    ("net.bo", .field(["net"], "bo")),
    ("net.body.", .field(["net", "body"], "")),
    ("net[1].wei", .field(["net", "[1]"], "wei")),
    ("a.b[0][-1].", .field(["a", "b", "[0]", "[-1]"], "")),
    ("xs[i].", .nothing),
    ("f(x).", .nothing),
    ("train(net, data, ep", .name("ep", callee: "train")),
    ("train(net, data) { ep", .name("ep", callee: "train")),
    ("train(net, f(1), ep", .name("ep", callee: "train")),
    ("train(net, data) { loss: mse, optimizer: adam(ra", .name("ra", callee: "adam")),
    ("let data = csv(\"exam", .file("exam")),
    ("print(\"loss {va", .name("va", callee: nil)),
    ("print(\"a\\\"b", .file("a\\\"b")),
    ("x # comm", .nothing),
    ("12", .nothing),
    (":sh", .directive(":sh")),
    (":load exa", .file("exa")),
    (":doc tra", .name("tra", callee: nil)),
    ("größe", .name("größe", callee: nil)),
  ])
  func context(_ text: String, _ expected: CompletionContext) {
    #expect(CompletionContext(before: text) == expected)
  }
}
