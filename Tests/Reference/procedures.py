"""Baselines and structure: scikit-learn's estimators, fitted until nothing moves."""
import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import GaussianNB, MultinomialNB

from tables import literal


def add_cases(table):
    x, new = table.numbers(12, 3), table.numbers(4, 3)
    three = np.array([0, 1, 2, 0, 1, 2, 0, 1, 1, 2, 0, 0])
    two = np.minimum(three, 1)
    x[:, 0] += three
    fitted = GaussianNB().fit(x, three)
    table.values("gaussian_naive_bayes",
                 f"((x, new)) -> {{ let m = gaussian_naive_bayes(x, {literal(three)})\n"
                 "  (m.prior, m.mean, m.variance, m.predict(new)) }",
                 [x, new], [fitted.class_prior_, fitted.theta_, fitted.var_, fitted.predict_proba(new)])

    counts = table.generator.integers(0, 4, (12, 5))
    for smoothing in [1.0, 0.25]:
        fitted = MultinomialNB(alpha=smoothing).fit(counts, three)
        table.values(f"multinomial_naive_bayes {smoothing}",
                     f"x -> {{ let m = multinomial_naive_bayes(x, {literal(three)}, smoothing: {smoothing})\n"
                     "  (m.log_prior, m.log_p, m.predict(x[:3])) }",
                     [counts], [fitted.class_log_prior_, fitted.feature_log_prob_, fitted.predict_proba(counts[:3])])

    # Expectation-maximisation: each unlabelled row stands in every class, with its guess as its weight.
    known, y, rest = counts[:4], np.array([0, 1, 0, 1]), counts[4:]
    fitted = MultinomialNB().fit(known, y)
    for _ in range(10):
        guess = fitted.predict_proba(rest)
        fitted = MultinomialNB().fit(np.concatenate([known, rest, rest]),
                                     np.concatenate([y, np.zeros(len(rest)), np.ones(len(rest))]),
                                     sample_weight=np.concatenate([np.ones(len(known)), guess[:, 0], guess[:, 1]]))
    table.values("naive_bayes_with_missing_labels",
                 "((x, rest)) -> {\n  let m = "
                 f"naive_bayes_with_missing_labels(x, {literal(y)}, rest, steps: 10, tolerance: 0)\n"
                 "  (m.log_prior, m.log_p, m.predict(rest)) }",
                 [known, rest], [fitted.class_log_prior_, fitted.feature_log_prob_, fitted.predict_proba(rest)])

    # Of two classes scikit-learn has one vector of weights, ours are two, half as long each: C is 2 c.
    for name, y, c, other in [("three classes", three, 1.0, 1.0), ("strong", three, 0.125, 0.125),
                              ("two classes", two, 0.5, 1.0)]:
        fitted = LogisticRegression(C=other, tol=1e-14, max_iter=10000, solver="newton-cg").fit(x, y)
        table.values(f"logistic_regression {name}",
                     f"((x, new)) -> "
                     f"logistic_regression(x, {literal(y)}, c: {c}, steps: 3000, tolerance: 0).predict(new)",
                     [x, new], fitted.predict_proba(new))

    fitted = PCA(2).fit(x)
    largest = np.take_along_axis(fitted.components_, np.abs(fitted.components_).argmax(1)[:, None], 1)
    directions = fitted.components_ * np.sign(largest)
    table.values("pca",
                 "((x, new)) -> { let p = pca(x, 2)\n"
                 "  (p.mean, p.directions, p.variance, p.part, p.project(new), p.restore(p.project(new))) }",
                 [x, new], [fitted.mean_, directions, fitted.explained_variance_, fitted.explained_variance_ratio_,
                            (new - fitted.mean_) @ directions.T, fitted.inverse_transform(fitted.transform(new))])

    heaps = table.numbers(30, 2, low=-0.75, high=0.75)
    heaps += np.repeat(np.array([[-3.0, 0.0], [0.5, 4.0], [3.0, -1.0]]), 10, axis=0)
    fitted = KMeans(3, n_init=20, tol=0, random_state=0).fit(heaps)
    table.values("k_means",
                 "x -> { let k = k_means(x, 3)\n  (f64(k.cost), take(k.centres, argsort(k.centres[:, 0]))) }", [heaps],
                 [fitted.inertia_, fitted.cluster_centers_[np.argsort(fitted.cluster_centers_[:, 0])]])

    fitted = GaussianMixture(3, tol=1e-14, max_iter=10000, random_state=0).fit(heaps)
    order = np.argsort(fitted.means_[:, 0])
    table.values("gaussian_mixture",
                 "x -> { let m = gaussian_mixture(x, 3, steps: 1000, tolerance: 1e-15)\n"
                 "  let order = argsort(m.mean[:, 0])\n"
                 "  (f64(m.log_likelihood), take(m.share, order), take(m.mean, order), take(m.covariance, order)) }",
                 [heaps],
                 [fitted.score(heaps), fitted.weights_[order], fitted.means_[order], fitted.covariances_[order]])
