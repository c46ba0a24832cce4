"""Rosenblatt's perceptron as a scikit-learn classifier."""

import copy
from contextlib import contextmanager
from dataclasses import dataclass, replace
from numbers import Integral, Real

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ._arrays import to_numpy
from ._callbacks import FitTasks
from ._compat import (
    CallbackSupportMixin,
    Interval,
    Options,
    StrOptions,
    fit_context,
    partial_fit_context,
    with_callbacks,
)
from ._units import End, Fit, Samples, Settings, Units, WeightsOverflow, decisions
from ._validation import (
    FLOATS,
    cast,
    checked_init,
    generator_from,
    hold_out,
    private_generator,
    publish,
    readable_init,
    training_data,
    validated,
)
from ._warnings import warn


class PerceptronClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """Perceptron: a step unit trained by the online, error-driven rule.

    The unit fires, o = 1, when w·x + b > 0, and does not, o = 0, otherwise. Each
    epoch visits every sample once; a sample with target t moves the weights by::

        w += eta0 (t − o) x
        b += eta0 (t − o)

    so only mistakes teach. Training ends at the first epoch without a mistake:
    the classes are separated, and no later epoch would change anything. With
    more than two classes there is one unit a class, one against the rest.
    ``PerceptronClassifier(average=False)`` is this rule and nothing else; the
    default keeps the best weights on its way.

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
    eta0 : float, default=1.0
        Learning rate. With zero initial weights and threshold 0 it only
        rescales the weights; the article has 0.1. A power of two does so
        exactly, other numbers round, and a sum that is zero may then not be.
    max_iter : int, default=1000
        Most epochs of one call of `fit`.
    tol : float or None, default=1e-3
        Training stops when the fraction of mistakes has not fallen by more
        than `tol` below the lowest one for `n_iter_no_change` epochs, and for
        ``15 * sqrt(n_samples)`` corrections. None: only an epoch without a
        mistake, or `max_iter`, stops it. With `early_stopping` the fraction is
        that of the validation samples.
    n_iter_no_change : int or inf, default=5
        Epochs to wait for an improvement, at least.
    shuffle : bool, default=True
        Whether to draw a new visiting order for each epoch.
    random_state : int, RandomState instance or None, default=None
        Determines the visiting orders, the uniform initial weights and the
        validation samples.
    average : "pocket" or bool, default="pocket"
        Which weights to predict with. False: the last ones, Rosenblatt's rule
        and nothing else. True: their average over all visits [3]_, where those
        of visit number τ weigh 1 + 2 + … + τ, so that the start is forgotten
        [4]_. "pocket":
        of the last and the averaged weights after each epoch those that
        mistake the fewest training samples [5]_. Where classes overlap, the
        last weights depend on which samples came last; the other two do not.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class, which scales `eta0` on its samples, in every
        unit, and how much a mistake counts where the best weights are chosen;
        samples of weight 0 are not visited. "balanced": inversely proportional
        to the class frequencies, in `partial_fit` to those seen so far.
    early_stopping : bool, default=False
        Whether to hold out a stratified part of the samples, watch the
        accuracy on it instead of the training mistakes, and keep the weights
        that did best on it (the later ones where two epochs did equally well).
        `partial_fit` is then not available.
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
        Whether nothing was left to learn: the last epoch made no mistake, or
        the pocket's weights make none. The training samples are then predicted
        without a mistake, unless `early_stopping` restored other weights.
    mistake_curve_ : ndarray of int, shape (`n_iter_`,)
        Corrections made in each epoch, over all units.
    validation_scores_ : ndarray of shape (`n_iter_`,) or None
        Accuracy on the held-out samples after each epoch, the better one of
        the last and the averaged weights with "pocket"; `class_weight` weighs
        the samples.
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
    .. [4] Shamir, Zhang (2013), "Stochastic gradient descent for non-smooth
       optimization: convergence results and optimal averaging schemes":
       weights that grow as a polynomial of the visits.
    .. [5] Gallant (1990), "Perceptron-based learning algorithms": the pocket.

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
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            Options(Real, {np.inf}),
        ],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "average": ["boolean", StrOptions({"pocket"})],
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
        eta0=1.0,
        max_iter=1000,
        tol=1e-3,
        n_iter_no_change=5,
        shuffle=True,
        random_state=None,
        average="pocket",
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
        if "_state" not in attributes:
            return attributes
        return attributes | {"_state": attributes["_state"].plain()}

    def __setstate__(self, attributes):
        super().__setstate__(_with_state(attributes))

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
        >>> gate = PerceptronClassifier(average=False, shuffle=False)
        >>> gate.fit(X, y, coef_init=[1, 1], intercept_init=-1).coef_
        array([[1., 2.]])
        >>> gate.mistake_curve_
        array([1, 0])
        """
        continues = self.warm_start and hasattr(self, "coef_")
        data = self._validate(X, y, self.classes_ if continues else None, reset=not continues)
        samples, held_out = self._split(data)
        fit = self._resume(data) if continues else self._begin(data)
        _take_initial_weights(fit.units, coef_init, intercept_init)
        tasks = FitTasks(self, self.max_iter, X, y)
        with self._naming_overflow(fit):
            try:
                end = fit.train(
                    samples,
                    held_out,
                    on_epoch_begin=tasks.begin_epoch,
                    on_epoch_end=lambda: self._end_epoch(fit, data, tasks),
                )
            except KeyboardInterrupt:
                fit.check_finite()
                warn(
                    f"Training was interrupted in epoch {len(fit.mistakes) + 1}; "
                    "the weights reached so far are kept.",
                )
            else:
                self._warn_unless_learned(fit, data, end)
        fitted = self._fitted(fit, data)
        tasks.end(lambda: fitted)
        publish(self, fitted)
        return self

    @available_if(lambda self: _holds_nothing_out(self))
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
        data = self._validate(
            X, y, self._declared_classes(classes, first), reset=first, in_parts=True
        )
        fit = self._begin(data) if first else self._resume(data)
        with self._naming_overflow(fit):
            fit.visit_once(data.samples)
        self._report(fit)
        publish(self, self._fitted(fit, data))
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
        coef, intercept = self._weights()
        X = to_numpy(X)
        X = validated(self, X, reset=False, accept_sparse="csr", order="C", dtype=coef.dtype)
        return decisions(coef, intercept, X)

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

    def _validate(self, X, y, classes, reset, in_parts=False):
        """The samples, with labels as positions in `classes`, or in those found in y."""
        X, y, seen = training_data(
            self,
            to_numpy(X),
            to_numpy(y),
            reset=reset,
            accept_sparse="csr",
            order="C",
            dtype=FLOATS if reset else self._weights()[0].dtype,
        )
        whole = y.dtype.kind in "biu"  # labels without a check that takes a tenth of a small fit
        if not whole:
            check_classification_targets(y)
        present, codes = np.unique(y, return_inverse=True)
        if whole and 2 * len(present) > len(y):  # it warns of those that hardly repeat
            check_classification_targets(y)
        classes = present if classes is None else classes
        if len(classes) < 2:
            raise ValueError(
                "PerceptronClassifier separates two classes or more, but the data has one "
                f"class only: {classes.tolist()[0]!r}."
            )
        unknown = () if classes is present else np.setdiff1d(present, classes)
        if len(unknown):
            raise ValueError(
                f"y has labels that are not among the classes {classes}: {unknown}. "
                "All classes must be known when training starts."
            )
        if issparse(X) and not X.has_canonical_format:
            X = X.copy()
            X.sum_duplicates()
        codes = np.searchsorted(classes, present).astype(np.int32)[codes]
        counts = np.bincount(codes, minlength=len(classes))
        if in_parts and not reset:
            counts = counts + self._state.class_counts
        weights = self._class_weights(classes, counts, in_parts)
        samples = Samples(X, codes, self._steps(weights, X.dtype), weights)
        return _Data(samples, classes, counts, seen)

    def _steps(self, weights, dtype):
        """How far a mistake on a sample of each class moves the weights."""
        with np.errstate(over="ignore"):
            steps = cast(self.eta0 * weights, dtype, "eta0 times class_weight")
        if (steps[weights > 0] == 0).any():
            raise ValueError(
                f"eta0={self.eta0} times class_weight is zero in {dtype}, the precision of X; "
                "raise eta0."
            )
        return steps

    def _class_weights(self, classes, counts, in_parts):
        """Weight of each class, of which `counts` samples were seen."""
        if self.class_weight is None:
            return np.ones(len(classes))
        if self.class_weight == "balanced":
            if not (in_parts or counts.all()):
                raise ValueError(
                    f"class_weight='balanced' needs samples of all classes {classes} in y; "
                    "pass the weights as a dict."
                )
            return counts.sum() / (np.count_nonzero(counts) * np.maximum(counts, 1))
        try:
            weights = compute_class_weight(self.class_weight, classes=classes, y=classes)
        except (OverflowError, TypeError, ValueError) as error:
            raise ValueError(f"class_weight={self.class_weight!r}: {error}") from error
        if not (np.isfinite(weights).all() and (weights >= 0).all()):
            raise ValueError(
                f"class_weight must be finite and not negative, got {self.class_weight!r}."
            )
        return weights

    def _split(self, data):
        """The samples to train on, and those held out or None."""
        samples, held_out = data.samples, None
        if self.early_stopping:
            # The same samples in each call, where random_state is an int.
            rng = private_generator(self.random_state)
            train_rows, validation_rows = hold_out(
                len(samples.codes), self.validation_fraction, rng, stratify=samples.codes
            )
            held_out = samples.take(validation_rows)
            samples = replace(samples, rows=np.intersect1d(train_rows, samples.rows))
        if not len(samples.rows):
            raise ValueError(
                f"class_weight={self.class_weight!r} leaves no sample to learn from; at least one "
                "class of y must have a positive weight."
            )
        return samples, held_out

    def _begin(self, data):
        """A fit from new weights."""
        rng = private_generator(self.random_state)
        n_units, _ = shape = data.shape_of_weights
        coef = np.zeros(shape) if self.init == "zeros" else rng.uniform(size=shape)
        intercept = np.full(n_units, -float(self.threshold))
        dtype = data.samples.X.dtype
        units = self._units(coef.astype(dtype), cast(intercept, dtype, "threshold"))
        return Fit(self._settings(), units, rng)

    def _resume(self, data):
        """A fit that goes on from what the last call reached."""
        shape, dtype = data.shape_of_weights, data.samples.X.dtype
        weights = (
            checked_init(self.coef_, shape, dtype, "coef_"),
            checked_init(self.intercept_, shape[:1], dtype, "intercept_"),
        )
        units = self._state.units_behind(weights) if self.average else None
        units = self._units(*weights) if units is None else units
        units.fit_intercept = self.fit_intercept
        return Fit(
            self._settings(),
            units,
            copy.deepcopy(self._state.rng),
            list(self.mistake_curve_),
            [] if self.validation_scores_ is None else list(self.validation_scores_),
            earlier=weights,
        )

    def _weights(self):
        """The fitted weights, which someone may have replaced, as compiled loops read them."""
        given = getattr(self.coef_, "dtype", None)
        dtype = given if given in FLOATS else np.dtype(np.float64)
        n_units = len(self.classes_) if len(self.classes_) > 2 else 1
        shape = (n_units, self.n_features_in_)
        return (
            readable_init(self.coef_, shape, dtype, "coef_"),
            readable_init(self.intercept_, shape[:1], dtype, "intercept_"),
        )

    def _units(self, coef, intercept):
        return Units(
            coef, intercept, fit_intercept=self.fit_intercept, average=self.average is not False
        )

    def _settings(self):
        return Settings(self.average, self.shuffle, self.max_iter, self.tol, self.n_iter_no_change)

    def _end_epoch(self, fit, data, tasks):
        """Report an epoch; True where a callback asks to stop."""
        self._report(fit)
        return tasks.end_epoch(lambda: copy.deepcopy(self._fitted(fit, data)))

    def _report(self, fit):
        if self.verbose:
            held_out = self.early_stopping
            accuracy = f", validation accuracy {fit.scores[-1]:.4f}" if held_out else ""
            print(f"Epoch {len(fit.mistakes)}: {_mistakes(fit.mistakes[-1])}{accuracy}")

    @contextmanager
    def _naming_overflow(self, fit):
        """Say what to change where the weights overflow."""
        try:
            yield
        except WeightsOverflow as error:
            raise ValueError(
                f"The weights overflowed {fit.units.coef.dtype} in epoch {error}. "
                f"Scale X, or lower eta0={self.eta0}."
            ) from None

    def _warn_unless_learned(self, fit, data, end):
        """Warn if `max_iter` cut the training off, or if the weights are as good as none."""
        if end is End.LIMIT:
            warn(self._limit_message(fit), ConvergenceWarning)
        # Class weights may well ask for more mistakes than the most frequent class makes.
        if end is not End.DONE or self.class_weight is not None:
            return
        samples = data.samples
        n_samples, n_rarer = len(samples.codes), len(samples.codes) - data.counts.max()
        n_mistaken = fit.mistaken_weight(samples)
        if n_mistaken >= n_rarer > 0:
            reached, trivial = 1 - n_mistaken / n_samples, 1 - n_rarer / n_samples
            warn(
                f"After {len(fit.mistakes)} epochs the accuracy on the training samples is "
                f"{reached:.3f}, no better than the {trivial:.3f} of always naming the most "
                "frequent class: nothing was learned. Scale X"
                + ("." if self.average == "pocket" else ', or set average="pocket".'),
                ConvergenceWarning,
            )

    def _limit_message(self, fit):
        message = (
            f"The last of max_iter={self.max_iter} epochs still made "
            f"{_mistakes(fit.mistakes[-1])}. "
        )
        if self.tol is None:
            return message + (
                "tol=None waits for an epoch without any, which never comes where no hyperplane "
                "separates the classes: set tol, or raise max_iter."
            )
        return message + "Raise max_iter, or scale X."

    def _fitted(self, fit, data):
        coef, intercept = fit.learned
        return data.seen | {
            "classes_": data.classes,
            "coef_": coef,
            "intercept_": intercept,
            "n_iter_": len(fit.mistakes),
            "converged_": fit.converged,
            "mistake_curve_": np.array(fit.mistakes, dtype=np.int64),
            "validation_scores_": np.array(fit.scores) if fit.scores else None,
            "_state": _State(
                fit.rng,
                data.counts,
                units=fit.units if self.average else None,
                learned=(coef.copy(), intercept.copy()) if self.average else None,
            ),
        }


@dataclass
class _Data:
    """Validated samples, their classes, how many there are of each, and what describes X."""

    samples: Samples
    classes: np.ndarray
    counts: np.ndarray
    seen: dict

    @property
    def shape_of_weights(self):
        n_classes = len(self.classes)
        return (n_classes if n_classes > 2 else 1), self.samples.X.shape[1]


@dataclass
class _State:
    """What a later call needs to go on, beside the public attributes.

    Attributes
    ----------
    rng : RandomState
    class_counts : ndarray of int, shape (n_classes,)
        Samples seen of each class.
    units : Units or None
        The weights that learn, where those that predict are others.
    learned : tuple of ndarrays, or None
        Copies of the coefficients and intercepts that were published with `units`.
    """

    rng: np.random.RandomState
    class_counts: np.ndarray
    units: Units | None = None
    learned: tuple | None = None

    def units_behind(self, weights):
        """A copy of the weights that learn; None if the published ones were replaced."""
        if self.units is None or not all(map(np.array_equal, self.learned, weights)):
            return None
        self.units.check(*weights)
        return copy.deepcopy(self.units)

    def plain(self):
        """The same in containers, numbers and arrays, which a file can hold without our types."""
        return vars(self) | {
            "rng": self.rng.get_state(legacy=False),
            "units": self.units and dict(vars(self.units)),
            "learned": self.learned and list(self.learned),
        }

    @classmethod
    def of(cls, plain):
        """The state that `plain` was made of."""
        units, rng = plain["units"], plain["rng"]
        structures = {"rng": generator_from(rng), "units": units and Units(**units)}
        return cls(**plain | structures)


def _with_state(attributes):
    """The attributes of an estimator from those in a file, also of earlier versions."""
    if "_rng" in attributes:  # 0.1.0: its average was another one, and begins anew
        old = {name: value for name, value in attributes.items() if name not in ("_rng", "_units")}
        counts = np.zeros(len(attributes["classes_"]), dtype=np.intp)
        return old | {"_state": _State(generator_from(attributes["_rng"]), counts)}
    if "_state" in attributes:
        return attributes | {"_state": _State.of(attributes["_state"])}
    return attributes


def _holds_nothing_out(estimator):
    if isinstance(estimator.early_stopping, bool | np.bool_) and estimator.early_stopping:
        raise AttributeError(
            "partial_fit runs one epoch and holds nothing out: set early_stopping=False."
        )
    return True


def _mistakes(count):
    return "1 mistake" if count == 1 else f"{count} mistakes"


def _take_initial_weights(units, coef_init, intercept_init):
    if coef_init is not None:
        units.coef = checked_init(coef_init, units.coef.shape, units.coef.dtype, "coef_init")
    if intercept_init is not None:
        units.intercept = checked_init(
            intercept_init, units.intercept.shape, units.coef.dtype, "intercept_init"
        )
    if coef_init is not None or intercept_init is not None:
        units.restart_average()  # what was averaged led elsewhere
