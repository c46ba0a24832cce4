"""The article's sigmoid network as a scikit-learn regressor."""

import copy
from dataclasses import fields
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.metaestimators import available_if

from . import _mlp_input as given_by_the_user
from ._arrays import copied
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
from ._fitted_network import FittedNetwork
from ._network import (
    LEAST_ALPHA,
    Diverged,
    End,
    Fit,
    Seen,
    Settings,
    State,
)
from ._threads import limiting_blas
from ._validation import holds_nothing_out, off_scale, private_generator, publish
from ._warnings import warn

# Rows and parameters up to which "auto" is L-BFGS; see tests/benchmarks/bench_defaults.py.
SMALL_DATA, SMALL_NETWORK = 2000, 100_000
NOTHING_LEARNED = 1e-3  # R² up to which the mean of y would do as well
POOR = 0.5  # R² up to which an X that is not scaled is pointed at
STILL_RISING = 0.03  # what R² gained in the last twentieth of the epochs


# What every file of a fitted network holds.
OF_A_FIT = {
    "coefs_",
    "intercepts_",
    "loss_curve_",
    "validation_loss_curve_",
    "t_",
    "y_low_",
    "y_high_",
    "n_features_in_",
    "n_outputs_",
    "_state",
}


class SigmoidMLPRegressor(FittedNetwork, CallbackSupportMixin, RegressorMixin, BaseEstimator):
    """Network of sigmoid layers, trained by backpropagation of the squared error.

    Every layer computes a = σ(z) with z = x W + b, the output layer included,
    whose unit interval is stretched over a range of target values, `y_range`::

        prediction = low + (high − low) a

    Training minimises half the mean squared error, equation (5) of the article,
    between the output activations a and the targets t scaled to the unit
    interval, plus an L2 penalty::

        J = 1/(2 Σs) Σᵢ sᵢ ‖aᵢ − tᵢ‖² + alpha/(2 Σs) Σ‖W‖²

    Parameters
    ----------
    hidden_layer_sizes : int or array-like of int, default=(100,)
        Units of each hidden layer; () is a single layer of sigmoid neurons.
    y_range : "auto", (low, high) or array-like of shape (n_outputs, 2), default="auto"
        The target values at a = 0 and a = 1. "auto" puts the smallest and the
        largest target of positive weight at a = 0.1 and 0.9, for each output.
        Known bounds are never left by a prediction; (0, 1) is the article's
        network.
    solver : {"auto", "adam", "sgd", "lbfgs"}, default="auto"
        "adam" [2]_; "sgd", the article's gradient descent, with momentum; or
        "lbfgs", SciPy's L-BFGS-B on all rows at once, for small data. "auto" is
        "lbfgs" in a `fit` of at most 2000 samples that are NumPy's or sparse,
        for at most 100 000 parameters, and "adam" in any other, and in
        `partial_fit`.
    batch_size : "auto", int or None, default="auto"
        Rows of a batch; with sample weights, rows that weigh as much as so many of
        mean weight. "auto" cuts an epoch into equal batches of at most 200, None is
        all rows, as in the article. Not used by "lbfgs".
    learning_rate_init : "auto" or float, default="auto"
        Initial learning rate; "auto" is 0.01 for "adam" and 0.3 for "sgd".
        The article's code descends the sum of the squared errors, the cost
        here is half their mean: its step of 0.1 on n samples is
        ``learning_rate_init=0.1 * n`` here.
    learning_rate : {"constant", "invscaling", "adaptive"}, default="constant"
        Schedule of "sgd": constant; divided by ``(t_ + 1) ** power_t``, with the
        samples seen before the epoch as ``t_``; or divided by 5 each time that
        `n_iter_no_change` epochs are no better, which needs a `tol`.
    power_t : float, default=0.5
        Exponent of "invscaling".
    alpha : "auto" or float, default="auto"
        L2 penalty on the weights, not on the biases. "auto" fits it to the
        noise of the targets, between 0.001 and 0.32, as the geometric mean of
        0.01 and the penalty that has the highest evidence [4]_ in a linear
        model of the hidden activations at the initial weights. Where that is
        0.1 or more, 0.01 and 0.001 are tried on a third of the samples and
        taken if they leave less than 0.8 of the error: what such a model takes
        for noise may be a function of another kind. It is 0.001 for
        fewer than ten samples, which tell nothing about noise, and where
        training begins with `partial_fit`, since a chunk tells too little of it.
        Later calls that continue the training keep `alpha_`.
    total_samples : float or None, default=None
        Samples of one pass over the data; each chunk of `partial_fit` bears
        its share of the penalty. None: all that were seen so far, those
        of a `fit` included, which suits a stream that comes once. Where the same
        rows come again, give their number, or the penalty fades from pass to
        pass. Not used by `fit`.
    max_iter : int, default=200
        Most epochs of one call of `fit`; an iteration of "lbfgs" is an epoch.
    max_fun : int, default=15000
        Most evaluations of the cost by "lbfgs".
    tol : float or None, default=1e-4
        An epoch counts as better when its cost falls below
        ``best * (1 - tol)``. When training ends, the best weights are kept.
        None: train for all of `max_iter`, and keep the last weights.
    n_iter_no_change : int or inf, default=10
        Training stops after this many epochs in a row that are no better, which
        with "adam" and "sgd" must hold ten updates each on average, and not
        before R² of the training samples is above 0.01.
    momentum : float, default=0.9
        Momentum of "sgd"; 0 is the article's rule.
    nesterovs_momentum : bool, default=True
        Whether the momentum is Nesterov's.
    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of the running moments of "adam".
    epsilon : float, default=1e-8
        Keeps "adam" from dividing by zero.
    shuffle : bool, default=True
        Whether to draw new batches for each epoch.
    random_state : int, RandomState instance or None, default=None
        Determines the initial weights, the batches and the validation samples.
    warm_start : bool, default=False
        Whether `fit` continues from the weights, the optimizer state and the
        output range of the previous call.
    verbose : int, default=0
        Print one line per epoch if positive.
    early_stopping : bool, default=False
        Whether to watch the cost of a validation set, stop when it is no
        better for `n_iter_no_change` epochs, and keep the weights where it was
        lowest. The set is `X_val` of `fit`, or held out of the samples; equal
        samples are held out together.
    validation_fraction : float, default=0.1
        Fraction of the samples to hold out.
    fit_intercept : bool, default=True
        Whether units have a bias; False is the article's listing.
    init : {"glorot_uniform", "standard_normal"}, default="glorot_uniform"
        Initial weights and biases: uniform within ±4 √(6 / (fan_in + fan_out))
        [3]_ in the hidden layers and ±√(2 / (fan_in + fan_out)) in the output
        layer, whose biases begin where the output is the mean target; or
        standard normal throughout, the article's ``randn``.

    Attributes
    ----------
    coefs_ : list of ndarrays
        ``coefs_[l-1]`` is W⁽ˡ⁾, of shape (units of layer l, units of layer l + 1).
    intercepts_ : list of ndarrays
        ``intercepts_[l-1]`` is b⁽ˡ⁾; zeros if `fit_intercept` is False.
    loss_ : float
        Cost of the last epoch.
    best_loss_ : float
        The lowest value of the curve that training watched.
    loss_curve_ : list of float
        Cost of each epoch: the mean over its batches, each before its update
        ("adam", "sgd"), or the cost that the iteration reached ("lbfgs").
    validation_loss_curve_ : list of float or None
        Cost on the validation set after each epoch, without penalty; NaN in
        epochs of a call that had none or was interrupted before it.
    n_iter_ : int
        Epochs run, over all calls that the weights stem from.
    solver_ : {"adam", "sgd", "lbfgs"}
        The solver of the last call.
    alpha_ : float
        The penalty of the last call.
    t_ : int
        Samples seen in training.
    n_layers_ : int
        Number of layers, input and output included.
    n_outputs_ : int
        Number of outputs.
    out_activation_ : str
        "logistic".
    y_low_, y_high_ : ndarray of shape (n_outputs,)
        The range in use, in the precision of the weights.
    n_features_in_ : int
        Number of features seen in fit.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X had string column names.

    See Also
    --------
    PerceptronClassifier : The step unit, trained by the online rule.
    sklearn.neural_network.MLPRegressor : Identity output, more activations.

    Notes
    -----
    A sigmoid is flat away from zero, so features should be of the order of one:
    put a StandardScaler before the network. The targets need no scaling: they
    are scaled to the unit interval. Where a few of them lie far from all
    others, as prices and incomes do, the others share a small part of that
    interval; a TransformedTargetRegressor with their logarithm gives them more.

    Products of features and weights beyond the largest float, some 1e308,
    saturate a unit. If such products of both signs meet in one sum, the result
    depends on the order of addition.

    A row of weight 2 equals a repeated row exactly where a batch holds all
    rows; rows of weight 0 are left out. In smaller batches weights count as
    numbers of rows: a batch is as heavy as `batch_size` rows of mean weight, and
    a heavier row comes several times in an epoch, with equal parts of its
    weight. float32 input keeps weights, predictions and gradients in float32.
    Sparse input is never made dense.

    References
    ----------
    .. [1] Rumelhart, Hinton, Williams (1986), "Learning representations by
       back-propagating errors".
    .. [2] Kingma, Ba (2015), "Adam: a method for stochastic optimization".
    .. [3] Glorot, Bengio (2010), "Understanding the difficulty of training
       deep feedforward neural networks".
    .. [4] MacKay (1992), "Bayesian interpolation".

    Examples
    --------
    The article's network, trained by 1000 steps of gradient descent:

    >>> import numpy as np
    >>> from sknnbasics import SigmoidMLPRegressor
    >>> X, y = np.array([[3.0, 5], [5, 1], [10, 2]]), np.array([0.75, 0.82, 0.93])
    >>> network = SigmoidMLPRegressor(
    ...     hidden_layer_sizes=(3,), solver="sgd", momentum=0, batch_size=None,
    ...     learning_rate_init=0.1 * 3, max_iter=1000, tol=None, fit_intercept=False,
    ...     alpha=0, y_range=(0, 1), init="standard_normal", random_state=0,
    ... ).fit(X, y)
    >>> network.n_iter_, network.loss_curve_[-1] < network.loss_curve_[0]
    (1000, True)

    Real data:

    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), SigmoidMLPRegressor(random_state=0))
    >>> model.fit(X, y).score(X, y) > 0.5
    True
    """

    _parameter_constraints: dict = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "y_range": [StrOptions({"auto"}), "array-like"],
        "solver": [StrOptions({"auto", "adam", "sgd", "lbfgs"})],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left"), None],
        "learning_rate_init": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "alpha": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left")],
        "total_samples": [Interval(Real, 1, None, closed="left"), None],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left"), None],
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            Options(Real, {np.inf}),
        ],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "warm_start": ["boolean"],
        "verbose": ["verbose"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "fit_intercept": ["boolean"],
        "init": [StrOptions({"glorot_uniform", "standard_normal"})],
    }

    loss_curve_ = published("_loss_curve", Curve.to_list)
    validation_loss_curve_ = published("_validation_loss_curve", lambda c: c.to_list() or None)

    def __init__(
        self,
        *,
        hidden_layer_sizes=(100,),
        y_range="auto",
        solver="auto",
        batch_size="auto",
        learning_rate_init="auto",
        learning_rate="constant",
        power_t=0.5,
        alpha="auto",
        total_samples=None,
        max_iter=200,
        max_fun=15000,
        tol=1e-4,
        n_iter_no_change=10,
        momentum=0.9,
        nesterovs_momentum=True,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        shuffle=True,
        random_state=None,
        warm_start=False,
        verbose=0,
        early_stopping=False,
        validation_fraction=0.1,
        fit_intercept=True,
        init="glorot_uniform",
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.y_range = y_range
        self.solver = solver
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.learning_rate = learning_rate
        self.power_t = power_t
        self.alpha = alpha
        self.total_samples = total_samples
        self.max_iter = max_iter
        self.max_fun = max_fun
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.shuffle = shuffle
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.fit_intercept = fit_intercept
        self.init = init

    def __getstate__(self):
        attributes = super().__getstate__()
        if "_state" not in attributes:
            return attributes
        return without_curves(self, attributes) | {"_state": attributes["_state"].plain()}

    def __setstate__(self, attributes):
        with reading(type(self).__name__):
            check_whole(attributes, OF_A_FIT)
            attributes = set_curves(self, attributes)
            if "_state" in attributes:
                attributes = attributes | {"_state": State.of(attributes["_state"])}
        super().__setstate__({"total_samples": None} | attributes)  # earlier files have none

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.array_api_support = self.solver != "lbfgs"  # SciPy takes NumPy alone
        tags.target_tags.multi_output = True
        return tags

    @with_callbacks
    @fit_context(prefer_skip_nested_validation=True)
    @limiting_blas
    def fit(
        self,
        X,
        y,
        sample_weight=None,
        *,
        X_val=None,
        y_val=None,
        sample_weight_val=None,
        coefs_init=None,
        intercepts_init=None,
    ):
        """Train the network.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights s of the cost J; None for ones. Their sum counts as the number
            of samples: weights of mean 1 leave the strength of `alpha` as it is.
            A batch holds `batch_size` rows of mean weight, see Notes of the class.
        X_val : {array-like, sparse matrix} of shape (n_validation, n_features), default=None
            A validation set of your own. Its cost fills
            `validation_loss_curve_`, and is watched if `early_stopping`.
        y_val : array-like, default=None
            Its targets.
        sample_weight_val : array-like of shape (n_validation,), default=None
            Its weights.
        coefs_init : list of array-likes, default=None
            Weights to start from, shaped as `coefs_`.
        intercepts_init : list of array-likes, default=None
            Biases to start from, shaped as `intercepts_`.

        Returns
        -------
        self : SigmoidMLPRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            If an input is not valid, a target lies outside a given `y_range`,
            an initial array has the wrong shape, the hold-out is impossible, or
            the weights stop being finite. What an earlier fit learned is kept.

        Warns
        -----
        ConvergenceWarning
            Where `tol` is set: if training ends with predictions of the training
            samples that are no better than the mean of y, at an R² of 0.001 or
            less; if `max_iter` or `max_fun` ends it while R² still rose, by more
            than 0.03 in the last twentieth of the epochs; or if R² is at most 0.5
            and X is not scaled: a feature lies further from zero than ten of its
            standard deviations, or they are all below 0.01, or one is above 100.
        DataConversionWarning
            If y is one column: so will be the predictions.

        Examples
        --------
        A validation set of your own:

        >>> import numpy as np
        >>> from sknnbasics import SigmoidMLPRegressor
        >>> X = np.linspace(-1, 1, 200)[:, None]
        >>> y = np.sin(3 * X[:, 0])
        >>> network = SigmoidMLPRegressor(max_iter=20, tol=None, random_state=0)
        >>> network = network.fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
        >>> len(network.validation_loss_curve_)
        20
        """
        continues = self.warm_start and hasattr(self, "coefs_")
        given = given_by_the_user.samples(self, X, y, sample_weight, reset=not continues)
        held_out = given_by_the_user.validation_set(self, given, X_val, y_val, sample_weight_val)
        layers = given_by_the_user.layers(self, given.samples)
        settings = self._settings(self._fit_solver(given.samples, layers), self._alpha(continues))
        fit, warned = self._started(given.samples, layers, settings, continues)
        given_by_the_user.start_from(fit, given.samples, coefs_init, intercepts_init)
        fit.aim(*given_by_the_user.parts(self, given.samples, held_out, fit.output_range))
        tasks = FitTasks(self, self.max_iter, X, y, sample_weight)

        def end_epoch():
            self._report(fit)
            return tasks.end_epoch(lambda: copy.deepcopy(self._fitted(fit, given, warned)))

        try:
            fitted = self._trained(fit, given, warned, tasks.begin_epoch, end_epoch)
        finally:
            fit.release()
        tasks.end(lambda: fitted)
        publish(self, fitted)
        return self

    @available_if(lambda self: _trains_by_epochs(self))
    @partial_fit_context
    @limiting_blas
    def partial_fit(self, X, y, sample_weight=None):
        """Train for one epoch over a chunk of the data.

        The optimizer goes on from where the last call left it, also across
        pickling; after a `fit` by "lbfgs", a new one begins on its weights. With
        ``y_range="auto"`` the first chunk fixes the range, so give the range if
        later targets may lie outside. The penalty is that of one pass over all
        rows, see `total_samples`. Not for "lbfgs", nor with `early_stopping`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights s, on one scale over all calls; None for ones. A chunk that is
            heavier than the rows so far, those of a `fit` included, is gone over
            several times, with equal parts of its weights.

        Returns
        -------
        self : SigmoidMLPRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            As `fit`.

        Examples
        --------
        >>> import numpy as np
        >>> from sknnbasics import SigmoidMLPRegressor
        >>> rng = np.random.default_rng(0)
        >>> network = SigmoidMLPRegressor(y_range=(0, 1), random_state=0)
        >>> for _ in range(50):
        ...     X = rng.uniform(-1, 1, size=(200, 2))
        ...     network = network.partial_fit(X, (X[:, 0] > X[:, 1]).astype(float))
        >>> network.predict([[0.5, -0.5], [-0.5, 0.5]]).round().tolist()
        [1.0, 0.0]
        """
        continues = hasattr(self, "coefs_")
        given = given_by_the_user.samples(self, X, y, sample_weight, reset=not continues)
        alpha = self._alpha(continues)
        if alpha is None:  # a penalty made for the few samples of a chunk would be too strong
            alpha = LEAST_ALPHA
        solver = "adam" if self.solver == "auto" else self.solver
        layers = given_by_the_user.layers(self, given.samples)
        settings = self._settings(solver, alpha)
        fit, warned = self._started(given.samples, layers, settings, continues)
        if continues:
            fit.progress.patience = fit.progress.patience.after(self._state.patience)
        fit.aim(given.samples, before=self._state.seen if continues else Seen())
        try:
            with _NamingParameters(fit.settings):
                fit.visit_once(on_epoch_end=lambda: self._report(fit))
        finally:
            fit.release()
        publish(self, self._fitted(fit, given, warned, fit.theta))
        return self

    def _fit_solver(self, samples, layers):
        """The solver of `fit`: "auto" is L-BFGS for few samples and weights, and NumPy's."""
        if self.solver != "auto":
            return self.solver
        small = len(samples.Y) <= SMALL_DATA and layers.n_parameters <= SMALL_NETWORK
        return "lbfgs" if small and samples.space.xp is np else "adam"

    def _settings(self, solver, alpha):
        given = {field.name: getattr(self, field.name) for field in fields(Settings)}
        return Settings(**given | {"solver": solver, "alpha": alpha})

    def _started(self, samples, layers, settings, continues):
        """A fit from new weights or from those of the last call, and State.warned of it."""
        if not continues:
            output_range = given_by_the_user.output_range(self, samples)
            rng = private_generator(self.random_state)
            return Fit.begin(settings, layers, samples, output_range, rng), False
        output_range, warned = given_by_the_user.kept_range(self, layers, samples)
        curves = {
            "loss_curve": self._loss_curve.continued(),
            "validation_loss_curve": self._validation_loss_curve.continued(),
            "t": self.t_,
        }
        theta = given_by_the_user.weights_to_go_on_from(self)
        return Fit.resume(settings, self._state, theta, output_range, curves), warned

    def _trained(self, fit, given, warned, on_epoch_begin, on_epoch_end):
        """Train, warn of what is not as it should be, and return the fitted attributes."""
        with _NamingParameters(fit.settings):
            try:
                end = fit.train(on_epoch_begin, on_epoch_end)
            except KeyboardInterrupt:
                if is_cross_validated():  # what was reached would be scored as if it were whole
                    raise
                fit.check_finite()
                warn(
                    f"Training was interrupted in epoch {fit.n_epochs + 1}; "
                    "the weights reached so far are kept.",
                )
                return self._fitted(fit, given, warned)
        theta = fit.learned()
        if self.tol is not None and end is not End.ASKED:
            self._warn_unless_converged(fit, given.samples.X, theta, end)
        return self._fitted(fit, given, warned, theta)

    def _warn_unless_converged(self, fit, X, theta, end):
        """Warn if the network is no better than a constant, or could be much better."""
        r2 = fit.objective.r2(theta)
        by_rate = fit.settings.solver != "lbfgs"
        by_epochs = fit.progress.n_epochs_of_call >= self.max_iter
        name, unit = ("max_iter", "epochs") if by_epochs else ("max_fun", "evaluations")
        limit = f"{name}={getattr(self, name)} {unit}"
        if r2 <= NOTHING_LEARNED:
            ending = limit if end is End.LIMIT else f"n_iter_no_change={self.n_iter_no_change}"
            warn(
                f"{ending} ended the training with predictions that are no better than the mean "
                f"of y: R² is {r2:.3g} on the training samples. If y depends on X, scale X, for "
                f"example with StandardScaler, lower alpha (here {fit.alpha:.3g}), or change "
                f"{'learning_rate_init, ' if by_rate else ''}max_iter or init.",
                ConvergenceWarning,
            )
        elif end is End.LIMIT and fit.progress.recent_gain() > STILL_RISING:
            warn(
                f"{limit} ended the training while R² on the training samples, now {r2:.3f}, "
                f"still rose. Raise {name}"
                + (" or learning_rate_init" if by_rate else "")
                + (", or scale X, for example with StandardScaler" if off_scale(X) else "")
                + ". If R² of new samples does not rise with it, use early_stopping=True or a "
                "larger alpha.",
                ConvergenceWarning,
            )
        elif r2 <= POOR and off_scale(X):
            warn(
                f"R² on the training samples is {r2:.3f}, and X is far from the scale to which "
                "the units respond: means near 0 and standard deviations near 1. Scale X, for "
                "example with StandardScaler.",
                ConvergenceWarning,
            )

    def _report(self, fit):
        if self.verbose:
            print(fit.progress.line())

    def _fitted(self, fit, given, warned, theta=None):
        """The fitted attributes, of `theta` or of the best parameters so far."""
        progress, layers, samples = fit.progress, fit.layers, given.samples
        if progress.validation_loss_curve:
            progress.validation_loss_curve.pad(fit.n_epochs)
        coefs, intercepts = layers.lists(copied(fit.learned() if theta is None else theta))
        low, high = map(samples.space.asarray, fit.output_range.bounds(samples.precision))
        return given.seen | {
            "coefs_": coefs,
            "intercepts_": intercepts,
            "loss_": progress.loss_curve[-1] if progress.loss_curve else None,
            "best_loss_": progress.best_loss,
            "_loss_curve": progress.loss_curve,
            "_validation_loss_curve": progress.validation_loss_curve,
            "n_iter_": fit.n_epochs,
            "solver_": fit.settings.solver,
            "alpha_": float(fit.alpha),
            "t_": progress.t,
            "n_layers_": len(layers.sizes),
            "n_outputs_": layers.sizes[-1],
            "out_activation_": "logistic",
            "y_low_": low,
            "y_high_": high,
            "_state": fit.state(given.flat, warned),
        }


def _trains_by_epochs(estimator):
    if estimator.solver == "lbfgs":
        raise AttributeError(
            "partial_fit is not for solver='lbfgs', which needs all rows at once: "
            "use solver='adam' or 'sgd'."
        )
    return holds_nothing_out(estimator)


class _NamingParameters:
    """Say what to change where the weights diverge.

    A generator would do, but in some versions of Python, 3.12.1 and 3.13.0 among them, an error
    that it replaces leaves a circle of frames, which keep the rows in memory until the garbage
    collector runs.
    """

    def __init__(self, settings):
        self.lower = "alpha" if settings.solver == "lbfgs" else "learning_rate_init"

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, Diverged):
            raise ValueError(
                f"The weights are no longer finite after epoch {error}. "
                f"Lower {self.lower}, or scale X, for example with StandardScaler."
            ) from None
