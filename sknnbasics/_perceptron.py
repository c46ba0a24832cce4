"""Rosenblatt's perceptron as a scikit-learn classifier."""

import copy
from contextlib import contextmanager
from dataclasses import fields
from functools import wraps
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from . import _perceptron_input as given_by_the_user
from ._arrays import to_numpy
from ._callbacks import FitTasks
from ._compat import (
    CallbackSupportMixin,
    Interval,
    Options,
    StrOptions,
    fit_context,
    is_cross_validated,
    partial_fit_context,
    with_callbacks,
)
from ._curves import Curve, published, set_curves, without_curves
from ._files import check_whole, reading
from ._threads import limiting_blas
from ._units import End, Fit, Settings, State, WeightsOverflow, decisions
from ._validation import (
    far_from_zero,
    holds_nothing_out,
    of_one_fit,
    private_generator,
    publish,
    sizes_apart,
    validated,
)
from ._warnings import warn

# What every file of a fitted perceptron holds.
OF_A_FIT = {
    "classes_",
    "coef_",
    "intercept_",
    "mistake_curve_",
    "validation_scores_",
    "n_features_in_",
    "_state",
}


def refusing_sample_weight(method):
    """Say what to use in its place: a parameter of that name would promise repetition."""

    @wraps(method)
    def refusing(estimator, *args, **kwargs):
        if "sample_weight" in kwargs:
            raise TypeError(  # begins as Python's, by which meta-estimators know it
                f"{method.__name__}() got an unexpected keyword argument 'sample_weight': the rule "
                "learns sample by sample, so that a weight of 2 is not a sample twice. Use "
                "class_weight, or leave sample_weight out."
            )
        return method(estimator, *args, **kwargs)

    return refusing


class PerceptronClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """Perceptron: a step unit trained by the online, error-driven rule.

    The unit fires, o = 1, when w·x + b > 0, and does not, o = 0, otherwise. Each
    epoch visits every sample once; a sample with target t moves the weights by::

        w += eta0 (t − o) x
        b += eta0 (t − o)

    so only mistakes teach. Training ends at the first epoch without a mistake:
    the classes are separated, and no later epoch would change anything. With
    more than two classes there is one unit per class, one against the rest.
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
        exactly; with other numbers rounding can move a sum that should be zero.
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
        [4]_. "pocket": of the last and the averaged weights after each epoch
        those that misclassify the fewest training samples [5]_; in
        `partial_fit` the average. Where classes overlap, the last weights
        depend on which samples came last; the other two do not.
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
        Print one line per epoch if positive.

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
        the pocket's weights make none. The samples of `fit` that have a positive
        weight are then predicted without a mistake, unless `early_stopping`
        restored other weights.
    mistake_curve_ : ndarray of int, shape (`n_iter_`,)
        Corrections made in each epoch, over all units.
    validation_scores_ : ndarray of shape (`n_iter_`,) or None
        Accuracy on the held-out samples after each epoch, the better one of
        the last and the averaged weights with "pocket"; `class_weight` weighs
        the samples. NaN in epochs of a call that had none or was interrupted
        before it.
    n_features_in_ : int
        Number of features seen in fit.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X had string column names.

    See Also
    --------
    SigmoidMLPRegressor : Layers of sigmoid units, trained by backpropagation.
    sklearn.linear_model.Perceptron : Stops on a stalled loss alone, not at an
        epoch without a mistake, and counts a tie as a mistake of either class.

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

    mistake_curve_ = published("_mistake_curve", Curve.to_array, kind="q")
    validation_scores_ = published("_validation_scores", lambda c: c.to_array() if c else None)

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
        return without_curves(self, attributes) | {"_state": attributes["_state"].plain()}

    def __setstate__(self, attributes):
        with reading(type(self).__name__):
            attributes = _with_state(attributes)
            check_whole(attributes, OF_A_FIT)
            attributes = set_curves(self, attributes)
        super().__setstate__(attributes)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    @refusing_sample_weight
    @with_callbacks
    @fit_context(prefer_skip_nested_validation=True)
    @limiting_blas
    def fit(self, X, y, coef_init=None, intercept_init=None):
        """Learn until an epoch makes no mistake, progress stalls, or `max_iter` is reached.

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
            If X or y is not valid, y has one class only, an initial array
            has the wrong shape, the hold-out is impossible, or the weights
            overflow. What an earlier fit learned is kept.

        Warns
        -----
        ConvergenceWarning
            If `max_iter` epochs end the training; if the weights that it ends with are
            right less often than the most frequent class, or as often on X far from
            zero; or if mistakes remain, on dense X, where the values of one feature
            are more than 100 times those of another.

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
        known = given_by_the_user.fitted_classes(self) if continues else None
        given = given_by_the_user.samples(self, X, y, known, reset=not continues)
        samples, held_out = given_by_the_user.parts(self, given.samples)
        fit = self._started(given, continues)
        given_by_the_user.start_from(fit, coef_init, intercept_init)
        tasks = FitTasks(self, self.max_iter, X, y)

        def end_epoch():
            self._report(fit)
            return tasks.end_epoch(lambda: copy.deepcopy(self._fitted(fit, given)))

        with self._naming_parameters(fit):
            try:
                end = fit.train(samples, held_out, tasks.begin_epoch, end_epoch)
            except KeyboardInterrupt:
                if is_cross_validated():  # what was reached would be scored as if it were whole
                    raise
                fit.check_finite()
                warn(
                    f"Training was interrupted in epoch {fit.n_epochs + 1}; "
                    "the weights reached so far are kept.",
                )
            else:
                self._warn_unless_learned(fit, given, end)
        fitted = self._fitted(fit, given)
        tasks.end(lambda: fitted)
        publish(self, fitted)
        return self

    @available_if(holds_nothing_out)
    @refusing_sample_weight
    @partial_fit_context
    @limiting_blas
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
            If X or y is not valid, `classes` is missing in the first call or
            differs later, or y has a label outside it.

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
        known = given_by_the_user.declared_classes(self, classes, first)
        given = given_by_the_user.samples(self, X, y, known, reset=first, in_parts=True)
        fit = self._started(given, continues=not first)
        with self._naming_parameters(fit):
            fit.visit_once(given.samples)
        self._report(fit)
        publish(self, self._fitted(fit, given))
        return self

    @of_one_fit
    def decision_function(self, X):
        """Pre-activation w·x + b of each unit.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One column per class, or in the binary case one number per sample,
            positive where the unit fires.

        Raises
        ------
        ValueError
            If X is not valid, or so large that a sum overflows: the sign of
            its infinity would be that of the numbers that happen to be added first.

        Examples
        --------
        >>> from sknnbasics import PerceptronClassifier
        >>> gate = PerceptronClassifier(threshold=2, fit_intercept=False)
        >>> gate = gate.fit([[1, 1], [0, 1]], [1, 0], coef_init=[1.5, 1])
        >>> gate.decision_function([[1, 1], [0, 1]])
        array([ 0.5, -1. ])
        """
        check_is_fitted(self)
        coef, intercept = given_by_the_user.fitted_weights(self)
        X = to_numpy(X)
        X = validated(self, X, reset=False, accept_sparse="csr", order="C", dtype=coef.dtype)
        return decisions(coef, intercept, X)

    @of_one_fit
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
        classes = given_by_the_user.fitted_classes(self)
        return classes[(z > 0).astype(np.intp) if z.ndim == 1 else z.argmax(axis=1)]

    def _started(self, given, continues):
        """A fit from new weights or from those of the last call."""
        settings = Settings(**{field.name: getattr(self, field.name) for field in fields(Settings)})
        if not continues:
            rng = private_generator(self.random_state)
            first = given_by_the_user.first_weights(self, given, rng)
            return Fit.begin(settings, first, rng)
        curves = {
            "mistakes": self._mistake_curve.continued(),
            "scores": self._validation_scores.continued(),
        }
        weights = given_by_the_user.weights_to_go_on_from(self)
        return Fit.resume(settings, self._state, weights, curves)

    def _report(self, fit):
        if self.verbose:
            held_out = self.early_stopping
            accuracy = f", validation accuracy {fit.scores[-1]:.4f}" if held_out else ""
            print(f"Epoch {fit.n_epochs}: {_mistakes(fit.mistakes[-1])}{accuracy}")

    @contextmanager
    def _naming_parameters(self, fit):
        """Say what to change where the weights overflow."""
        try:
            yield
        except WeightsOverflow as error:
            raise ValueError(
                f"The weights overflowed {fit.units.coef.dtype} in epoch {error}. "
                f"Scale X, or lower eta0={self.eta0}."
            ) from None

    def _warn_unless_learned(self, fit, given, end):
        """Warn if `max_iter` ended the training, or nothing was learned, or X hindered it."""
        if end is End.LIMIT:
            warn(self._limit_message(fit, given.samples.X), ConvergenceWarning)
        if end is not End.DONE:
            return
        message = self._nothing_learned_message(fit, given)
        if message is None and not fit.converged:
            message = _apart_message(fit, given)
        if message is not None:
            warn(message, ConvergenceWarning)

    def _nothing_learned_message(self, fit, given):
        # Class weights may well ask for more mistakes than the most frequent class makes.
        if self.class_weight is not None:
            return None
        samples = given.samples
        n_samples, n_rarer = len(samples.codes), len(samples.codes) - given.counts.max()
        n_mistaken = fit.mistaken_weight(samples)
        # As many mistakes as that are all that some data allow; scaling can mend what is far off.
        could_do_better = n_mistaken == n_rarer > 0 and far_from_zero(samples.X)
        if n_mistaken <= n_rarer and not could_do_better:
            return None
        reached, trivial = 1 - n_mistaken / n_samples, 1 - n_rarer / n_samples
        return (
            f"After {fit.n_epochs} epochs the accuracy on the training samples is "
            f"{reached:.3f}, no better than the {trivial:.3f} of always naming the most "
            "frequent class: nothing was learned. Scale X"
            + ("." if self.average == "pocket" else ', or set average="pocket".')
        )

    def _limit_message(self, fit, X):
        message = (
            f"The last of max_iter={self.max_iter} epochs still made "
            f"{_mistakes(fit.mistakes[-1])}. "
        )
        if self.tol is None or self.n_iter_no_change == np.inf:
            name = "tol" if self.tol is None else "n_iter_no_change"
            return message + (
                f"{name}={getattr(self, name)} waits for an epoch without any, which never comes "
                f"where no hyperplane separates the classes: set {name}, or raise max_iter."
            )
        is_hindered = far_from_zero(X) or sizes_apart(X) is not None
        return message + "Raise max_iter" + (", or scale X." if is_hindered else ".")

    def _fitted(self, fit, given):
        coef, intercept = learned = fit.learned
        if fit.scores:
            fit.scores.pad(fit.n_epochs)
        return given.seen | {
            "classes_": given.classes,
            "coef_": coef,
            "intercept_": intercept,
            "n_iter_": fit.n_epochs,
            "converged_": fit.converged,
            "_mistake_curve": fit.mistakes,
            "_validation_scores": fit.scores,
            "_state": fit.state(given.counts, learned),
        }


def _apart_message(fit, given):
    """What to say where features of very different sizes may have kept a fit from converging."""
    apart = sizes_apart(given.samples.X)
    if apart is None:
        return None
    names = given.seen.get("feature_names_in_", range(given.samples.X.shape[1]))
    large, small = (f"feature {names[column]} reaches {size:.4g}" for column, size in apart)
    return (
        f"The last of {fit.n_epochs} epochs still made {_mistakes(fit.mistakes[-1])}, and the "
        f"sizes of the features are far apart: {large}, but {small}. What is small hardly "
        "counts. Scale X, for example with StandardScaler."
    )


def _with_state(attributes):
    """The attributes of an estimator from those in a file, also of earlier versions."""
    if "_rng" in attributes:  # 0.1.0: its average was another one, and begins anew
        old = {name: value for name, value in attributes.items() if name not in ("_rng", "_units")}
        counts = np.zeros(len(attributes["classes_"]), dtype=np.intp)
        plain = {"rng": attributes["_rng"], "class_counts": counts, "units": None}
        return old | {"_state": State.of(plain)}
    if "_state" in attributes:
        return attributes | {"_state": State.of(attributes["_state"])}
    return attributes


def _mistakes(count):
    return "1 mistake" if count == 1 else f"{count} mistakes"
