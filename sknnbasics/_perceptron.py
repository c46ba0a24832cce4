"""Rosenblatt's perceptron as a scikit-learn classifier."""

import copy
import itertools
import math
from dataclasses import dataclass, field
from numbers import Integral, Real

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ._arrays import to_numpy
from ._callbacks import FitTasks
from ._compat import (
    CallbackSupportMixin,
    Interval,
    StrOptions,
    fit_context,
    partial_fit_context,
    with_callbacks,
)
from ._perceptron_rule import Units, deal, preactivations, run_epoch
from ._stopping import Patience
from ._validation import (
    FLOATS,
    cast,
    checked_csr,
    checked_init,
    generator_from,
    hold_out,
    private_generator,
    publish,
    training_data,
    validated,
)
from ._warnings import warn

MANY_ROWS = 1000  # of fewer, NumPy's permutation is as fast as dealing

ADVICE = (
    "; where no hyperplane separates the classes, average=True or early_stopping=True "
    "finds better weights than more epochs do."
)


class PerceptronClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """Perceptron: a step unit trained by the online, error-driven rule.

    The unit fires, o = 1, when w·x + b > 0, and does not, o = 0, otherwise. Each
    epoch visits every sample once; a sample with target t moves the weights by::

        w += eta0 (t − o) x
        b += eta0 (t − o)

    so only mistakes teach. Training ends at the first epoch without a mistake:
    the classes are separated, and no later epoch would change anything. With
    more than two classes there is one unit a class, one against the rest.

    Parameters
    ----------
    threshold : float, default=0.0
        The unit fires when w·x > threshold. It becomes the initial bias:
        `intercept_` starts at −threshold, and stays there if `fit_intercept`
        is False.
    fit_intercept : bool, default=True
        Whether the bias learns.
    init : {"zeros", "uniform"}, default="zeros"
        Initial weights: zeros, or drawn from [0, 1) as in the article.
    eta0 : float, default=0.1
        Learning rate. With zero initial weights and threshold 0 it only
        rescales the weights and changes no prediction.
    max_iter : int, default=1000
        Most epochs of one call of `fit`.
    tol : float or None, default=0.0
        Training stops when the fraction of mistakes has not fallen by more
        than `tol` below the best one for `n_iter_no_change` epochs. None: only
        an epoch without a mistake, or `max_iter`, stops it. With
        `early_stopping` the fraction is that of the validation samples.
    n_iter_no_change : int, default=50
        Epochs to wait for an improvement.
    shuffle : bool, default=True
        Whether to draw a new visiting order for each epoch.
    random_state : int, RandomState instance or None, default=None
        Determines the visiting orders, the uniform initial weights and the
        validation samples.
    average : bool, default=False
        Whether to predict with the average of the weights after each visit
        [3]_, which varies less from epoch to epoch than the last weights do.
        The average begins anew after 1, 2, 4, 8, … epochs and so forgets where
        it started [4]_; after as many epochs it covers the latest half.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class, which scales `eta0` on its samples, in every
        unit; samples of weight 0 are not visited. "balanced": inversely
        proportional to the class frequencies.
    early_stopping : bool, default=False
        Whether to hold out a stratified part of the samples, watch the
        accuracy on it instead of the training mistakes, and keep the weights
        that did best on it (the later ones where two epochs did equally well).
    validation_fraction : float, default=0.1
        Fraction of the samples to hold out.
    warm_start : bool, default=False
        Whether `fit` continues from the weights of the previous call.
    verbose : int, default=0
        Print one line an epoch if positive.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weights w; in the binary case the unit fires on ``classes_[1]``.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        Biases b.
    n_iter_ : int
        Epochs run, over all calls that the weights stem from.
    converged_ : bool
        Whether the last epoch made no mistake. That holds for the weights as
        they learned: averaged or restored ones may still err.
    mistake_curve_ : ndarray of int, shape (`n_iter_`,)
        Corrections made in each epoch, over all units.
    validation_scores_ : ndarray of shape (`n_iter_`,) or None
        Accuracy on the held-out samples after each epoch.
    n_features_in_ : int
        Number of features seen in fit.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X had string column names.

    See Also
    --------
    SigmoidMLPRegressor : Layers of sigmoid units, trained by backpropagation.
    sklearn.linear_model.Perceptron : Stops on a stalled loss instead of on
        convergence, and counts a tie as a mistake of either class.

    Notes
    -----
    There is no `sample_weight`: the rule depends on the order of visits, so a
    weight of two could not equal a repeated sample, as scikit-learn demands of
    weights. `class_weight` serves where classes differ in importance.

    float32 input keeps weights and decisions in float32. Sparse input of any
    format is used as CSR, without being made dense; the bias learns on it as
    on dense input.

    References
    ----------
    .. [1] Rosenblatt (1958), "The perceptron: a probabilistic model for
       information storage and organization in the brain".
    .. [2] Novikoff (1962), "On convergence proofs on perceptrons": on separable
       samples of norm at most R and margin γ, at most (R / γ)² mistakes.
    .. [3] Freund, Schapire (1999), "Large margin classification using the
       perceptron algorithm".
    .. [4] Rakhlin, Shamir, Sridharan (2012), "Making gradient descent optimal
       for strongly convex stochastic optimization": averaging a suffix.

    Examples
    --------
    The article's AND gate, a unit of threshold 2:

    >>> from sknnbasics import PerceptronClassifier
    >>> X, y = [[1, 1, 1], [0, 0, 0], [1, 0, 1]], [1, 0, 0]
    >>> gate = PerceptronClassifier(threshold=2, init="uniform", random_state=0)
    >>> gate.fit(X, y).predict([[0, 1, 0], [1, 1, 1]])
    array([0, 1])
    >>> gate.converged_
    True
    """

    _parameter_constraints: dict = {
        "threshold": [Interval(Real, None, None, closed="neither")],
        "fit_intercept": ["boolean"],
        "init": [StrOptions({"zeros", "uniform"})],
        "eta0": [Interval(Real, 0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left"), None],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "average": ["boolean"],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "warm_start": ["boolean"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        threshold=0.0,
        fit_intercept=True,
        init="zeros",
        eta0=0.1,
        max_iter=1000,
        tol=0.0,
        n_iter_no_change=50,
        shuffle=True,
        random_state=None,
        average=False,
        class_weight=None,
        early_stopping=False,
        validation_fraction=0.1,
        warm_start=False,
        verbose=0,
    ):
        self.threshold = threshold
        self.fit_intercept = fit_intercept
        self.init = init
        self.eta0 = eta0
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.shuffle = shuffle
        self.random_state = random_state
        self.average = average
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.verbose = verbose

    def __getstate__(self):
        attributes = super().__getstate__()
        return attributes | _plain(attributes) if "_rng" in attributes else attributes

    def __setstate__(self, attributes):
        super().__setstate__(attributes | _from_plain(attributes))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    @with_callbacks
    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, coef_init=None, intercept_init=None):
        """Learn until an epoch passes without a mistake.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Samples.
        y : array-like of shape (n_samples,)
            Labels, of two classes or more.
        coef_init : array-like, shaped as `coef_`, default=None
            Weights to start from; (n_features,) will do in the binary case.
        intercept_init : array-like, shaped as `intercept_`, default=None
            Biases to start from, instead of −threshold.

        Returns
        -------
        self : PerceptronClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            If X or y is no valid input, y has one class only, an initial array
            has the wrong shape, the hold-out is impossible, or the weights
            overflow. What an earlier fit learned is kept.

        Warns
        -----
        ConvergenceWarning
            If `max_iter` epochs end the training, or if the weights that it ends with
            are right no more often than the most frequent class.

        Examples
        --------
        An OR gate, from weights that are passed:

        >>> from sknnbasics import PerceptronClassifier
        >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]
        >>> gate = PerceptronClassifier(eta0=1, shuffle=False)
        >>> gate.fit(X, y, coef_init=[1, 1], intercept_init=-1).coef_
        array([[1., 2.]])
        >>> gate.mistake_curve_
        array([1, 0])
        """
        continues = self.warm_start and hasattr(self, "coef_")
        data = self._validate(X, y, self.classes_ if continues else None, reset=not continues)
        rng = copy.deepcopy(self._rng) if continues else private_generator(self.random_state)
        run = self._start(data, rng, continues)
        _take_initial_weights(run.units, coef_init, intercept_init)
        tasks = FitTasks(self, self.max_iter, X, y)
        try:
            self._train(run, data, tasks)
        except KeyboardInterrupt:
            warn(
                f"Training was interrupted in epoch {len(run.mistakes) + 1}; "
                "the weights reached so far are kept.",
            )
        fitted = self._fitted(run, data)
        tasks.end(lambda: fitted)
        publish(self, fitted)
        return self

    @partial_fit_context
    def partial_fit(self, X, y, classes=None):
        """Visit each sample once: one epoch.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Samples.
        y : array-like of shape (n_samples,)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come; needed in the first call.

        Returns
        -------
        self : PerceptronClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            If X or y is no valid input, `classes` is missing in the first call
            or differs later, y has a label outside it, or the parameters ask
            for what one epoch cannot give: `early_stopping`, "balanced" weights.

        Examples
        --------
        >>> from sknnbasics import PerceptronClassifier
        >>> gate = PerceptronClassifier(random_state=0)
        >>> for X, y in [([[2.0], [1.0]], ["b", "b"]), ([[-1.0], [-2.0]], ["a", "a"])]:
        ...     gate = gate.partial_fit(X, y, classes=["a", "b"])
        >>> gate.n_iter_, gate.predict([[-3.0], [3.0]]).tolist()
        (2, ['a', 'b'])
        """
        first = not hasattr(self, "coef_")
        data = self._validate(X, y, self._declared_classes(classes, first), reset=first)
        rng = private_generator(self.random_state) if first else copy.deepcopy(self._rng)
        run = self._start(data, rng, continues=not first)
        self._run_epoch(run, data, next(self._orders(data.visited, run.rng)))
        run.record_score(None)
        self._report(run)
        publish(self, self._fitted(run, data))
        return self

    def decision_function(self, X):
        """Pre-activation w·x + b of each unit.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One column a class, or in the binary case one number a sample,
            positive where the unit fires.

        Examples
        --------
        >>> from sknnbasics import PerceptronClassifier
        >>> gate = PerceptronClassifier(threshold=2, fit_intercept=False)
        >>> gate = gate.fit([[1, 1], [0, 1]], [1, 0], coef_init=[1.5, 1])
        >>> gate.decision_function([[1, 1], [0, 1]])
        array([ 0.5, -1. ])
        """
        check_is_fitted(self)
        X = validated(
            self,
            to_numpy(X),
            reset=False,
            accept_sparse="csr",
            order="C",
            dtype=self.coef_.dtype,
        )
        return _decisions(self.coef_, self.intercept_, checked_csr(X))

    def predict(self, X):
        """Label of each sample.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,)
            ``classes_[1]`` where the one unit fires and ``classes_[0]``
            where it does not, or the class whose unit is highest.

        Examples
        --------
        >>> from sknnbasics import PerceptronClassifier
        >>> gate = PerceptronClassifier().fit([[-1.0], [1.0]], ["low", "high"])
        >>> gate.predict([[-3.0], [3.0]]).tolist()
        ['low', 'high']
        """
        z = self.decision_function(X)
        return self.classes_[(z > 0).astype(np.intp) if z.ndim == 1 else z.argmax(axis=1)]

    def _declared_classes(self, classes, first):
        if self.early_stopping:
            raise ValueError(
                "partial_fit runs one epoch and holds nothing out: set early_stopping=False."
            )
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' needs all labels at once, which partial_fit has not: "
                "compute the weights over all of y with sklearn.utils.compute_class_weight "
                "and pass them as a dict."
            )
        if classes is None:
            if first:
                raise ValueError("classes must be passed on the first call to partial_fit.")
            return self.classes_
        classes = check_array(
            column_or_1d(classes), ensure_2d=False, dtype=None, input_name="classes"
        )
        classes = np.unique(classes)
        if not first and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"classes={classes} is not the same as on the first call to partial_fit, "
                f"{self.classes_}."
            )
        return classes

    def _validate(self, X, y, classes, reset):
        """The samples, with labels as positions in `classes`, or in those found in y."""
        X, y, seen = training_data(
            self,
            to_numpy(X),
            to_numpy(y),
            reset=reset,
            accept_sparse="csr",
            order="C",
            dtype=FLOATS if reset else self.coef_.dtype,
        )
        check_classification_targets(y)
        present, codes = np.unique(y, return_inverse=True)
        classes = present if classes is None else classes
        if len(classes) < 2:
            raise ValueError(
                "PerceptronClassifier separates two classes or more, but the data has one "
                f"class only: {classes.tolist()[0]!r}."
            )
        unknown = np.setdiff1d(present, classes)
        if len(unknown):
            raise ValueError(
                f"y has labels that are not among the classes {classes}: {unknown}. "
                "All classes must be known when training starts."
            )
        if issparse(X) and not X.has_canonical_format:
            X = X.copy()
            X.sum_duplicates()
        codes = np.searchsorted(classes, present).astype(np.int32)[codes]
        return _Data(
            X,
            codes,
            steps=self._steps(classes, y, X.dtype),
            classes=classes,
            seen=seen,
        )

    def _steps(self, classes, y, dtype):
        """How far a mistake on a sample of each class moves the weights."""
        weights = self._class_weights(classes, y)
        with np.errstate(over="ignore"):
            steps = cast(self.eta0 * weights, dtype, "eta0 times class_weight")
        if (steps[weights > 0] == 0).any():
            raise ValueError(
                f"eta0={self.eta0} times class_weight is zero in {dtype}, the precision of X; "
                "raise eta0."
            )
        return steps

    def _class_weights(self, classes, y):
        if self.class_weight is None:
            return np.ones(len(classes))
        if self.class_weight == "balanced" and len(np.unique(y)) < len(classes):
            raise ValueError(
                f"class_weight='balanced' needs samples of all classes {classes} in y; "
                "pass the weights as a dict."
            )
        try:
            weights = compute_class_weight(self.class_weight, classes=classes, y=y)
        except (OverflowError, TypeError, ValueError) as error:
            raise ValueError(f"class_weight={self.class_weight!r}: {error}") from error
        if not (np.isfinite(weights).all() and (weights >= 0).all()):
            raise ValueError(
                f"class_weight must be finite and not negative, got {self.class_weight!r}."
            )
        return weights

    def _start(self, data, rng, continues):
        """The state to train from: what the last call reached, or a new one."""
        if not continues:
            return _Run(self._new_units(data, rng), rng)
        if self._units is not None and self.average:
            units = copy.deepcopy(self._units)
        else:
            units = Units(*self._checked_weights(data), average=self.average)
        units.fit_intercept = self.fit_intercept
        scores = [] if self.validation_scores_ is None else list(self.validation_scores_)
        return _Run(units, rng, list(self.mistake_curve_), scores)

    def _checked_weights(self, data):
        """Copies of the fitted weights, which someone may have replaced by others."""
        shape, dtype = data.shape_of_weights, data.X.dtype
        return (
            checked_init(self.coef_, shape, dtype, "coef_"),
            checked_init(self.intercept_, shape[:1], dtype, "intercept_"),
        )

    def _new_units(self, data, rng):
        n_units, _ = shape = data.shape_of_weights
        coef = np.zeros(shape) if self.init == "zeros" else rng.uniform(size=shape)
        intercept = np.full(n_units, -float(self.threshold))
        return Units(
            coef.astype(data.X.dtype),
            cast(intercept, data.X.dtype, "threshold"),
            fit_intercept=self.fit_intercept,
            average=self.average,
        )

    def _train(self, run, data, tasks):
        """Epochs until one makes no mistake, patience runs out, or max_iter is reached."""
        train_rows, held_out = data.visited, None
        if self.early_stopping:
            # The same samples in each call, where random_state is an int.
            rng = private_generator(self.random_state)
            train_rows, validation_rows = hold_out(
                len(data.codes), self.validation_fraction, rng, stratify=data.codes
            )
            train_rows = np.intersect1d(train_rows, data.visited)
            held_out = data.X[validation_rows], data.codes[validation_rows]
            run.begin(*held_out)
        if not len(train_rows):
            raise ValueError(
                f"class_weight={self.class_weight!r} leaves no sample to learn from; at least one "
                "class of y must have a positive weight."
            )
        orders = self._orders(train_rows, run.rng)
        patience = Patience(self.tol, self.n_iter_no_change)
        for _ in range(self.max_iter):
            tasks.begin_epoch()
            self._run_epoch(run, data, next(orders))
            run.record_score(held_out)
            if held_out is not None:
                patience.observe(1 - run.scores[-1])
            else:
                patience.observe(run.mistakes[-1] / (len(train_rows) * len(run.units.coef)))
            self._report(run)
            if tasks.end_epoch(lambda: copy.deepcopy(self._fitted(run, data))):
                return
            if run.converged or patience.exhausted:
                break
        self._warn_unless_learned(run, data, ended=run.converged or patience.exhausted)

    def _warn_unless_learned(self, run, data, ended):
        """Warn if `max_iter` cut the training off, or if the weights are as good as none."""
        plain = not (self.average or self.early_stopping)
        advice = ADVICE if plain else "."
        if not ended:
            warn(
                f"The last of max_iter={self.max_iter} epochs still made "
                f"{_mistakes(run.mistakes[-1])}. Increase max_iter or scale X{advice}",
                ConvergenceWarning,
            )
            return
        # Class weights may well ask for more mistakes than the most frequent class makes.
        if (plain and run.converged) or self.class_weight is not None:
            return
        most_frequent = np.bincount(data.codes).max() / len(data.codes)
        accuracy = _accuracy(*run.learned, data.X, data.codes)
        if accuracy <= most_frequent < 1:
            warn(
                f"After {len(run.mistakes)} epochs the accuracy on the training samples is "
                f"{accuracy:.3f}, no better than the {most_frequent:.3f} of always naming the most "
                f"frequent class: nothing was learned. Scale X{advice}",
                ConvergenceWarning,
            )

    def _orders(self, rows, rng):
        """One visiting order after another, for as many epochs as are asked for."""
        return _shuffles(rows, rng) if self.shuffle else itertools.repeat(rows)

    def _run_epoch(self, run, data, order):
        if len(run.mistakes).bit_count() == 1:  # 1, 2, 4, 8, … epochs are done
            run.units.restart_average()
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is found below
            n_updates = run_epoch(run.units, data.X, data.codes, data.steps, order)
            finite = all(np.isfinite(w).all() for w in run.units.parameters())
        if not finite:
            raise ValueError(
                f"The weights overflowed {run.units.coef.dtype} in epoch "
                f"{len(run.mistakes) + 1}. Scale X, or lower eta0={self.eta0}."
            )
        run.mistakes.append(n_updates)

    def _report(self, run):
        if self.verbose:
            held_out = self.early_stopping
            accuracy = f", validation accuracy {run.scores[-1]:.4f}" if held_out else ""
            print(f"Epoch {len(run.mistakes)}: {_mistakes(run.mistakes[-1])}{accuracy}")

    def _fitted(self, run, data):
        coef, intercept = run.learned
        return data.seen | {
            "classes_": data.classes,
            "coef_": coef,
            "intercept_": intercept,
            "n_iter_": len(run.mistakes),
            "converged_": run.converged,
            "mistake_curve_": np.array(run.mistakes, dtype=np.int64),
            "validation_scores_": np.array(run.scores) if run.scores else None,
            "_units": copy.deepcopy(run.units) if self.average else None,
            "_rng": run.rng,
        }


@dataclass
class _Data:
    """Validated samples.

    `codes`, of int32, are the positions of the labels in `classes`; `steps` the eta
    of each class.
    """

    X: np.ndarray
    codes: np.ndarray
    steps: np.ndarray
    classes: np.ndarray
    seen: dict

    @property
    def shape_of_weights(self):
        return (len(self.classes) if len(self.classes) > 2 else 1), self.X.shape[1]

    @property
    def visited(self):
        """Row numbers of the samples that can move a weight."""
        if self.steps.all():
            return np.arange(len(self.codes), dtype=np.intp)
        return np.flatnonzero(self.steps[self.codes])


@dataclass
class _Run:
    """What one call of fit or partial_fit trains."""

    units: Units
    rng: np.random.RandomState
    mistakes: list = field(default_factory=list)
    scores: list = field(default_factory=list)
    best: tuple | None = None
    best_score: float = 0.0

    @property
    def converged(self):
        return bool(self.mistakes) and self.mistakes[-1] == 0

    @property
    def learned(self):
        """Weights and biases: the best on held-out samples, or the latest."""
        return self.best or self.units.weights()

    def begin(self, X, codes):
        """Before the first epoch: what an earlier call reached may remain the best."""
        if self.mistakes:
            self._score(X, codes)

    def record_score(self, held_out):
        """Record the accuracy on held-out samples; NaN in epochs without them, if any has them."""
        if held_out is None and not self.scores:
            return
        self.scores += [np.nan] * (len(self.mistakes) - len(self.scores))
        if held_out is not None:
            self.scores[-1] = self._score(*held_out)

    def _score(self, X, codes):
        """Accuracy; the weights are kept if none did better."""
        weights = self.units.weights()
        score = _accuracy(*weights, X, codes)
        if score >= self.best_score:
            self.best_score, self.best = score, weights
        return score


def _accuracy(coef, intercept, X, codes):
    """Share of the samples whose class the weights name."""
    z = _decisions(coef, intercept, X)
    predicted = z > 0 if z.ndim == 1 else z.argmax(axis=1)
    return float(np.mean(predicted == codes))


def _decisions(coef, intercept, X):
    """Z of shape (n_samples,) for one unit, (n_samples, n_units) for more."""
    if coef.shape[1] != X.shape[1]:  # someone replaced them; the compiled sums would not look
        raise ValueError(f"coef_ has {coef.shape[1]} weights a unit, but X {X.shape[1]} features.")
    with np.errstate(over="ignore", invalid="ignore"):
        z = preactivations(coef, intercept, X) if len(coef) == 1 else X @ coef.T + intercept
    if not np.isfinite(z).all():
        raise ValueError(f"X is too large for the weights in {coef.dtype}; scale X.")
    return z


def _shuffles(rows, rng):
    """Yield the rows in one random order after another; each may overwrite the last.

    Many rows are dealt onto 256 piles at random, again and again, for half the
    cost of a permutation by NumPy. Rows that share all their piles stay in the
    order in which they came, or, as often, in its reverse.
    """
    n = len(rows)
    if n < MANY_ROWS:
        while True:
            yield rng.permutation(rows)
    n_deals = math.ceil(math.log(16 * n, 256))  # one row in 16 shares all its piles, or fewer
    directions = rows, rows[::-1].copy()
    spaces = itertools.cycle((np.empty_like(rows), np.empty_like(rows)))
    while True:
        order = directions[rng.randint(2)]
        for piles in rng.randint(256, size=(n_deals, n), dtype=np.uint8):
            dealt = next(spaces)
            deal(order, piles, dealt)
            order = dealt
        yield order


def _mistakes(count):
    return "1 mistake" if count == 1 else f"{count} mistakes"


def _plain(attributes):
    """The private attributes in containers, numbers and arrays, for a file without our types."""
    units, rng = attributes["_units"], attributes["_rng"]
    return {"_units": units and dict(vars(units)), "_rng": rng.get_state(legacy=False)}


def _from_plain(attributes):
    """What `_plain` was made of; files of earlier versions come through here."""
    if "_rng" not in attributes:
        return {}
    units, rng = attributes["_units"], attributes["_rng"]
    return {"_units": units and Units(**units), "_rng": generator_from(rng)}


def _take_initial_weights(units, coef_init, intercept_init):
    if coef_init is not None:
        units.coef = checked_init(coef_init, units.coef.shape, units.coef.dtype, "coef_init")
    if intercept_init is not None:
        units.intercept = checked_init(
            intercept_init, units.intercept.shape, units.coef.dtype, "intercept_init"
        )
    if coef_init is not None or intercept_init is not None:
        units.restart_average()  # what was averaged led elsewhere
