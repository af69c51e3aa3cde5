"""Metrics: what scikit-learn says, with ties, empty classes and weights."""
import warnings

import numpy as np
import sklearn.metrics as m

from tables import literal

warnings.filterwarnings("ignore")


def add_cases(table):
    right = np.array([0, 1, 2, 2, 1, 0, 2, 1, 0, 2, 1, 2])
    chosen = np.array([0, 2, 2, 2, 1, 0, 1, 1, 1, 2, 1, 0])
    yes = np.array([1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1])
    guess = np.array([1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1])
    rare = np.array([0, 0, 2, 2, 0, 2, 0, 0, 2, 0, 0, 2])
    weight = table.numbers(12, low=0.25, high=2.0)

    def classes(name, code, result):
        """A metric of ids, which stand in the code; the input is a weight for each example."""
        table.values(name, f"w -> {code}", [weight], result)

    def of(metric, p, y, *options):
        return f"{metric}({', '.join([literal(p), literal(y), *options])})"

    for metric, function in [
        ("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score), ("jaccard", m.jaccard_score)
    ]:
        for average in ["macro", "micro", "weighted", "each"]:
            sk = None if average == "each" else average
            classes(f"{metric} {average}", of(metric, chosen, right, f'average: "{average}"'),
                    function(right, chosen, average=sk))
        classes(f"{metric} binary", of(metric, guess, yes), function(yes, guess))
        classes(f"{metric} weights", of(metric, chosen, right, 'average: "macro"', "weight: w"),
                function(right, chosen, average="macro", sample_weight=weight))
        classes(f"{metric} absent class", of(metric, np.zeros(12, int), rare, 'average: "macro"'),
                function(rare, np.zeros(12, int), average="macro"))
        classes(f"{metric} nothing", of(metric, np.zeros(4, int), np.zeros(4, int), "empty: 1.0"),
                function(np.zeros(4, int), np.zeros(4, int), zero_division=1.0, pos_label=1, labels=[0, 1]))
    classes("fbeta", of("fbeta", chosen, right, "beta: 0.5", 'average: "macro"'),
            m.fbeta_score(right, chosen, beta=0.5, average="macro"))
    classes("specificity", of("specificity", guess, yes), m.recall_score(yes, guess, pos_label=0))
    classes("accuracy weights", of("accuracy", chosen, right, "weight: w"),
            m.accuracy_score(right, chosen, sample_weight=weight))
    classes("balanced_accuracy", of("balanced_accuracy", chosen, right), m.balanced_accuracy_score(right, chosen))
    classes("balanced_accuracy adjusted", of("balanced_accuracy", chosen, rare, "adjusted: true"),
            m.balanced_accuracy_score(rare, chosen, adjusted=True))
    classes("matthews", of("matthews", chosen, right), m.matthews_corrcoef(right, chosen))
    classes("matthews binary", of("matthews", guess, yes, "weight: w"),
            m.matthews_corrcoef(yes, guess, sample_weight=weight))
    classes("matthews constant", of("matthews", np.zeros(12, int), right), m.matthews_corrcoef(right, np.zeros(12, int)))
    for distance in [None, "linear", "quadratic"]:
        option = [] if distance is None else [f'distance: "{distance}"']
        classes(f"cohen_kappa {distance}", of("cohen_kappa", chosen, right, *option),
                m.cohen_kappa_score(right, chosen, weights=distance))
    for ours, theirs in [("actual", "true"), ("predicted", "pred"), ("all", "all")]:
        classes(f"confusion_matrix {ours}", of("confusion_matrix", chosen, right, f'normalize: "{ours}"'),
                m.confusion_matrix(right, chosen, normalize=theirs))
    classes("confusion_matrix weights", of("confusion_matrix", chosen, right, "weight: w"),
            m.confusion_matrix(right, chosen, sample_weight=weight))
    many = table.ids(2, 6, 3)
    found = table.ids(2, 6, 3)
    classes("hamming", of("hamming", found, many), m.hamming_loss(many, found))
    classes("zero_one", of("zero_one", found, many), m.zero_one_loss(many, found))
    classes("zero_one classes", of("zero_one", chosen, right), m.zero_one_loss(right, chosen))

    scores = np.round(table.numbers(12, 3) * 4) / 4  # with ties
    flat = np.round(table.numbers(12) * 4) / 4
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    p = np.round(p * 64) / 64
    p[:, 2] = 1 - p[:, 0] - p[:, 1]
    q = np.round(table.numbers(12, low=0.0, high=1.0) * 8) / 8
    w = literal(weight)

    def scored(name, code, x, result):
        table.values(name, f"s -> {code}", [x], result)

    y3, y2 = literal(right), literal(yes)
    for k in [1, 2]:
        scored(f"top_k_accuracy {k}", f"top_k_accuracy(s, {y3}, k: {k})", scores,
               m.top_k_accuracy_score(right, scores, k=k, labels=[0, 1, 2]))
    for thin in [True, False]:
        scored(f"roc_curve {thin}", f"roc_curve(s, {y2}, thin: {literal(np.array(thin))})", flat,
               m.roc_curve(yes, flat, drop_intermediate=thin))
    scored("roc_curve weights", f"roc_curve(s, {y2}, weight: {w})", flat, m.roc_curve(yes, flat, sample_weight=weight))
    scored("roc_curve one class", "roc_curve(s, [1, 1, 1])", flat[:3], m.roc_curve([1, 1, 1], flat[:3]))
    scored("auc", f"auc(s, {y2})", flat, m.roc_auc_score(yes, flat))
    scored("auc weights", f"auc(s, {y2}, weight: {w})", flat, m.roc_auc_score(yes, flat, sample_weight=weight))
    for average in ["macro", "weighted", "micro", "each"]:
        sk = None if average == "each" else average
        scored(f"auc {average}", f'auc(s, {y3}, average: "{average}")', p,
               m.roc_auc_score(right, p, multi_class="ovr", average=sk))
        scored(f"average_precision {average}", f'average_precision(s, {y3}, average: "{average}")', p,
               m.average_precision_score(right, p, average=sk))
    for average in ["macro", "weighted"]:
        scored(f"auc pairs {average}", f'auc(s, {y3}, average: "{average}", pairs: true)', p,
               m.roc_auc_score(right, p, multi_class="ovo", average=average))
    scored("precision_recall_curve", f"precision_recall_curve(s, {y2})", flat, m.precision_recall_curve(yes, flat))
    scored("precision_recall_curve without class 1", "precision_recall_curve(s, [0, 0, 0, 0])", flat[:4],
           m.precision_recall_curve([0, 0, 0, 0], flat[:4], pos_label=1))
    scored("average_precision", f"average_precision(s, {y2}, weight: {w})", flat,
           m.average_precision_score(yes, flat, sample_weight=weight))
    scored("log_loss", f"log_loss(s, {y3}, weight: {w})", p, m.log_loss(right, p, sample_weight=weight))
    scored("brier", f"brier(s, {y2})", q, m.brier_score_loss(yes, q))
    scored("brier classes", f"brier(s, {y3})", p, m.brier_score_loss(right, p))
    from sklearn.calibration import calibration_curve
    for ours, theirs in [("width", "uniform"), ("count", "quantile")]:
        scored(f"calibration_curve {ours}", f'(curve -> (curve.actual, curve.predicted))(calibration_curve(s, {y2}, by: "{ours}"))',
               q, calibration_curve(yes, q, strategy=theirs))
    scored("hinge classes", f"hinge(s, {y3})", scores, m.hinge_loss(right, scores, labels=[0, 1, 2]))
    balance = 12 / (3 * np.bincount(right))
    scored("class_weights", f"class_weights({y3}) + 0 * sum(s)", flat, balance)

    a, b = table.numbers(9, 2), table.numbers(9, 2)
    above = [np.abs(a) + 0.25, np.abs(b) + 0.25]
    nine = table.numbers(9, low=0.25, high=2.0)
    wn = literal(nine)

    def numbers(name, code, inputs, function, **options):
        table.values(name, f"((p, y)) -> {code}", inputs, function(inputs[1], inputs[0], **options))

    for name, function in [
        ("rmse", m.root_mean_squared_error), ("mape", m.mean_absolute_percentage_error),
        ("r2", m.r2_score), ("explained_variance", m.explained_variance_score),
    ]:
        numbers(name, f"{name}(p, y)", [a, b], function)
        numbers(f"{name} each", f'{name}(p, y, average: "each")', [a, b], function, multioutput="raw_values")
        numbers(f"{name} weights", f"{name}(p, y, weight: {wn})", [a, b], function, sample_weight=nine)
    for name, function in [("r2", m.r2_score), ("explained_variance", m.explained_variance_score)]:
        numbers(f"{name} weighted", f'{name}(p, y, average: "weighted")', [a, b], function, multioutput="variance_weighted")
        numbers(f"{name} constant", f"{name}(p, y)", [a, np.ones((9, 2))], function)
    numbers("median_absolute_error", "median_absolute_error(p, y)", [a, b], m.median_absolute_error)
    numbers("max_error", "max_error(p, y)", [a[:, 0], b[:, 0]], m.max_error)
    numbers("msle", "msle(p, y)", above, m.mean_squared_log_error)
    numbers("rmsle", "rmsle(p, y)", above, m.root_mean_squared_log_error)
    numbers("pinball", "pinball(p, y, part: 0.25)", [a, b], m.mean_pinball_loss, alpha=0.25)
    for power in [0, 1, 1.5, 2, 3, -1]:
        numbers(f"tweedie {power}", f"tweedie_deviance(p, y, power: {power})", [x[:, 0] for x in above],
                m.mean_tweedie_deviance, power=power)

    # Several labels of each example: probabilities are cut at 0.5; the last label is never predicted and never there.
    labels = table.generator.integers(0, 2, (12, 4))
    chance = table.numbers(12, 4, low=0.0, high=1.0)
    labels[:, 3], chance[:, 3] = 0, 0.25
    labels[2], chance[2] = 0, 0.125
    cut = (chance > 0.5).astype(int)
    for metric, function in [
        ("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score), ("jaccard", m.jaccard_score)
    ]:
        for average in ["macro", "micro", "weighted", "samples", "each"]:
            sk = None if average == "each" else average
            classes(f"{metric} labels {average}", of(metric, cut, labels, "multilabel: true", f'average: "{average}"'),
                    function(labels, cut, average=sk, zero_division=0))
        classes(f"{metric} labels weights",
                of(metric, cut, labels, "multilabel: true", 'average: "samples"', "weight: w", "empty: 1.0"),
                function(labels, cut, average="samples", sample_weight=weight, zero_division=1.0))
        classes(f"{metric} labels by sigmoid",
                f"{metric}(sigmoid({literal(2 * chance - 1)}), {literal(labels)}, weight: w)",
                function(labels, cut, average="macro", sample_weight=weight, zero_division=0))
