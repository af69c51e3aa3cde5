"""Texts as counts: what scikit-learn's CountVectorizer and TfidfVectorizer say of the same tokens, column by column."""
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from tables import digits

TRAIN = ["the cat sat on the mat", "the dog sat", "a cat and a dog", "dog dog dog", ""]
TEST = ["the dog and the cat", "an unseen bird", "cat cat on the mat the end"]


def add_cases(table):
    def rows(texts):
        return "dataset({ text: [" + ", ".join(f'"{text}"' for text in texts) + "] })"

    def case(name, vectorizer, steps):
        vectorizer.fit(TRAIN)
        tokens = ", ".join(f'"{token}"' for token in vectorizer.get_feature_names_out())
        expected = digits(vectorizer.transform(TEST).toarray())
        data = f"dataset(train: {rows(TRAIN)}, test: {rows(TEST)})"
        table.add(f'check_counts("{name}", {data} |> {steps}, [{tokens}],\n  "{expected}")')

    def words(**options):
        return dict(token_pattern=r"\w+", **options)

    case("counts", CountVectorizer(**words()), "words() |> vocabulary() |> bag_of_words()")
    case("binary", CountVectorizer(**words(binary=True)), "words() |> vocabulary() |> bag_of_words(binary: true)")
    case("pairs", CountVectorizer(**words(ngram_range=(1, 2))),
         "words() |> grams(1...2) |> vocabulary() |> bag_of_words()")
    case("tf-idf", TfidfVectorizer(**words()), "words() |> vocabulary() |> tf_idf()")
    case("tf-idf of pairs", TfidfVectorizer(**words(ngram_range=(2, 2))),
         "words() |> grams(2) |> vocabulary() |> tf_idf()")
    case("sublinear", TfidfVectorizer(**words(sublinear_tf=True)),
         "words() |> vocabulary() |> tf_idf(sublinear: true)")
    case("characters", TfidfVectorizer(analyzer="char"), "characters() |> vocabulary() |> tf_idf()")
