"""The article's sigmoid network as a scikit-learn regressor."""

import copy
from collections.abc import Sized
from contextlib import suppress
from dataclasses import dataclass, replace
from numbers import Integral, Real

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ._arrays import ArraySpace, copied, detached, namespace, to_numpy
from ._backprop import Layers, backprop_for, feedforward
from ._callbacks import FitTasks
from ._compat import (
    CallbackSupportMixin,
    Interval,
    Options,
    StrOptions,
    check_same_namespace,
    fit_context,
    partial_fit_context,
    with_callbacks,
)
from ._optimizers import Adam, GradientDescent
from ._output_range import OutputRange, from_unit
from ._penalty import LEAST_ALPHA, MOST_ROWS, estimated_alpha
from ._stopping import Patience
from ._training import (
    NO_BETTER,
    Batches,
    LearningRate,
    Objective,
    Progress,
    Rows,
    descend,
    equal_batch_size,
    equal_rows,
    lbfgs,
    merge_repeated,
)
from ._validation import (
    FLOATS,
    checked_init,
    checked_weights,
    generator_from,
    hold_out,
    later_data,
    private_generator,
    publish,
    training_data,
    validated,
    within_float64,
)
from ._warnings import warn

# Measured by tests/benchmarks/bench_defaults.py.
AUTO_LEARNING_RATE = {"adam": 0.01, "sgd": 0.3}
SMALL_DATA = 2000  # rows up to which "auto" is L-BFGS

LEAST_UPDATES = 10  # for each epoch of n_iter_no_change, however few its batches
STILL_RISING = 0.03  # what R² gained in the last twentieth of the epochs


class SigmoidMLPRegressor(CallbackSupportMixin, RegressorMixin, BaseEstimator):
    """Network of sigmoid layers, trained by backpropagation of the squared error.

    Every layer computes a = σ(z) with z = x W + b, the output layer included,
    whose unit interval is stretched over a range of target values, `y_range`::

        prediction = low + (high − low) a

    Training minimises half the mean squared error, equation (5) of the article,
    between the output activations a and the targets t carried into the unit
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
        and "adam" in any other, and in `partial_fit`.
    batch_size : "auto", int or None, default="auto"
        Rows of a batch; "auto" cuts an epoch into equal batches of at most 200,
        None is all rows, as in the article. Not used by "lbfgs".
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
        model of the hidden activations at the initial weights. It is 0.001 for
        fewer than ten samples, which tell nothing about noise, and where
        `partial_fit` begins, whose chunks are part of more. Later calls that
        continue the training keep `alpha_`.
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
        Print one line an epoch if positive.
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
        epochs of a call that had none.
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
    are carried into the unit interval. Where a few of them lie far from all
    others, as prices and incomes do, the others share a small part of that
    interval; a TransformedTargetRegressor with their logarithm gives them more.

    A row of weight 2 equals a repeated row exactly where a batch holds all
    rows; rows of weight 0 are left out. float32 input keeps weights, predictions
    and gradients in float32. Sparse input is never made dense.

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
        return attributes | {"_state": attributes["_state"].plain()}

    def __setstate__(self, attributes):
        if "_state" in attributes:
            attributes = attributes | {"_state": _State.of(attributes["_state"])}
        super().__setstate__(attributes)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.array_api_support = self.solver != "lbfgs"  # SciPy takes NumPy alone
        tags.target_tags.multi_output = True
        return tags

    @with_callbacks
    @fit_context(prefer_skip_nested_validation=True)
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
            Weights s; None for ones. Their sum counts as the number of samples:
            weights of mean 1 leave the strength of `alpha` as it is.
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
            samples that are no better than the mean of y, at an R² of 0.01 or
            less, or if `max_iter` or `max_fun` ends it while R² still rose, by more
            than 0.03 in the last twentieth of the epochs.

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
        data = self._validate(X, y, sample_weight, reset=not continues)
        held_out = self._validate_held_out(data, X_val, y_val, sample_weight_val)
        run = self._start(data, self._generator(continues), continues, self._fit_solver(data))
        _take_initial_weights(run, coefs_init, intercepts_init)
        self._set_objective(run, *self._split(data, held_out, run))
        with np.errstate(over="ignore", invalid="ignore"):
            run.progress.begin(run.theta)
        tasks = FitTasks(self, self.max_iter, X, y, sample_weight)
        try:
            fitted = self._train(run, tasks)
        except KeyboardInterrupt:
            run.progress.check_finite(run.theta)
            warn(
                f"Training was interrupted in epoch {len(run.progress.loss_curve) + 1}; "
                "the best weights reached so far are kept.",
            )
            fitted = self._fitted(run)
        finally:
            run.progress.release()
        tasks.end(lambda: fitted)
        publish(self, fitted)
        return self

    @available_if(lambda self: _trains_by_epochs(self))
    @partial_fit_context
    def partial_fit(self, X, y, sample_weight=None):
        """Train for one epoch over a chunk of the data.

        The optimizer goes on from where the last call left it, also across
        pickling; after a `fit` by "lbfgs", a new one begins on its weights. With
        ``y_range="auto"`` the first chunk fixes the range, so give the range if
        later targets may lie outside. `alpha` is divided by the weights of the
        chunk. Not for "lbfgs", nor with `early_stopping`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights s; None for ones.

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
        first = not hasattr(self, "coefs_")
        data = self._validate(X, y, sample_weight, reset=first)
        solver = "adam" if self.solver == "auto" else self.solver
        run = self._start(data, self._generator(not first), not first, solver)
        if not first:
            before, now = self._state.patience, run.progress.patience
            run.progress.patience = replace(
                now, best=before.best, n_stalled=before.n_stalled, n_updates=before.n_updates
            )
        run.progress.on_epoch_end = lambda: self._report(run)
        # A chunk is part of more: a penalty made for its few samples would be too strong for all.
        self._set_objective(run, data, auto_alpha=LEAST_ALPHA)
        try:
            self._descend(run, max_iter=1)
            fitted = self._fitted(run, run.theta)
        finally:
            run.progress.release()
        publish(self, fitted)
        return self

    def predict(self, X):
        """Predict the targets.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Predictions within `y_range`, shaped as the targets were.

        Examples
        --------
        >>> import numpy as np
        >>> from sknnbasics import SigmoidMLPRegressor
        >>> X = np.linspace(-1, 1, 50)[:, None]
        >>> network = SigmoidMLPRegressor(solver="lbfgs", y_range=(0, 10), random_state=0)
        >>> network = network.fit(X, 5 + 4 * X[:, 0])
        >>> bool(network.predict([[-1e6], [1e6]]).min() >= 0)
        True
        """
        X = self._inputs(X, "predict")
        with np.errstate(over="ignore", invalid="ignore"):
            a = backprop_for(X)(self._state.layers, 0.0).predict(self._theta(), X)
        _refuse_nan(a, X)
        predictions = from_unit(a, self.y_low_, self.y_high_)
        return predictions[:, 0] if self._state.flat else predictions

    def feedforward(self, X):
        """Compute the activations of every layer, equations (1) to (4).

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        list of ndarrays, each of shape (n_samples, units of the layer)
            ``activations[l-1]`` is a⁽ˡ⁾: X first, the outputs in [0, 1] last.

        See Also
        --------
        sknnbasics.functional.feedforward : The same from weights of your own.

        Examples
        --------
        >>> import numpy as np
        >>> from sknnbasics import SigmoidMLPRegressor
        >>> X, y = np.array([[3.0, 5], [5, 1], [10, 2]]), np.array([0.75, 0.82, 0.93])
        >>> network = SigmoidMLPRegressor(hidden_layer_sizes=(3,), max_iter=10, tol=None)
        >>> [a.shape for a in network.fit(X, y).feedforward(X)]
        [(3, 2), (3, 3), (3, 1)]
        """
        X = self._inputs(X, "feedforward")
        learned = self._state.layers.fit_intercept
        with np.errstate(over="ignore", invalid="ignore"):
            activations = feedforward(X, self.coefs_, self.intercepts_ if learned else [])
        _refuse_nan(activations[-1], X)
        return activations

    def cost(self, X, y, sample_weight=None):
        """Cost J of the fitted network, penalty included, with targets in the unit interval.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights s; None for ones.

        Returns
        -------
        float
            J, as in equation (6).

        See Also
        --------
        sknnbasics.functional.half_mse : The cost without the penalty, of any outputs.

        Examples
        --------
        >>> import numpy as np
        >>> from sknnbasics import SigmoidMLPRegressor
        >>> X, y = np.array([[3.0, 5], [5, 1], [10, 2]]), np.array([0.75, 0.82, 0.93])
        >>> network = SigmoidMLPRegressor(y_range=(0, 1), alpha=0, max_iter=10, tol=None)
        >>> J = network.fit(X, y).cost(X, y)
        >>> bool(np.isclose(J, np.mean((y - network.predict(X)) ** 2) / 2))
        True
        """
        cost, _ = self._cost_and_gradient(X, y, sample_weight, "cost")
        return float(cost)

    def cost_gradient(self, X, y, sample_weight=None):
        """Gradient of `cost`, by backpropagation: equations (7) to (15).

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights s; None for ones.

        Returns
        -------
        coef_grads : list of ndarrays
            ∂J/∂W⁽ˡ⁾, shaped as `coefs_`.
        intercept_grads : list of ndarrays
            ∂J/∂b⁽ˡ⁾, shaped as `intercepts_`; zeros if the biases do not learn.

        See Also
        --------
        sknnbasics.functional.cost_and_gradient : The same from weights of your own.

        Examples
        --------
        >>> import numpy as np
        >>> from sknnbasics import SigmoidMLPRegressor
        >>> X, y = np.array([[3.0, 5], [5, 1], [10, 2]]), np.array([0.75, 0.82, 0.93])
        >>> network = SigmoidMLPRegressor(hidden_layer_sizes=(3,), max_iter=10, tol=None)
        >>> coef_grads, intercept_grads = network.fit(X, y).cost_gradient(X, y)
        >>> [grad.shape for grad in coef_grads]
        [(2, 3), (3, 1)]
        """
        _, grad = self._cost_and_gradient(X, y, sample_weight, "cost_gradient")
        return _split(self._state.layers, copied(grad))

    def _inputs(self, X, method):
        check_is_fitted(self)
        check_same_namespace(X, self, attribute="y_low_", method=method)
        dtype = self.coefs_[0].dtype
        return validated(self, X, reset=False, accept_sparse="csr", dtype=dtype)

    def _theta(self):
        return self._state.layers.join(self.coefs_, self.intercepts_)

    def _cost_and_gradient(self, X, y, sample_weight, method):
        check_is_fitted(self)
        data = self._validate(X, y, sample_weight, reset=False, method=method)
        if data.Y.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {data.Y.shape[1]} outputs, the network {self.n_outputs_}.")
        self._state.output_range.check_points(data.Y)
        rows = data.rows(self._state.output_range)
        backprop = backprop_for(data.X)(self._state.layers, self._given_alpha())
        with np.errstate(over="ignore", invalid="ignore"):
            cost, grad = backprop.cost_and_gradient(self._theta(), *rows)
        _refuse_nan(cost, data.X)
        return cost, grad

    def _validate(self, X, y, sample_weight, reset, method="fit"):
        X = detached(X)
        dtype = ArraySpace.of(X).floats if reset else self.coefs_[0].dtype
        if not reset:
            check_same_namespace(X, self, attribute="y_low_", method=method)
        X, y, seen = training_data(self, X, to_numpy(y), reset=reset, dtype=dtype, **_CHECKS)
        if self.solver == "lbfgs" and ArraySpace.of(X).xp is not np:
            raise ValueError(
                f"solver='lbfgs' is SciPy's and needs NumPy input, got {type(X)}. "
                "Use solver='adam' or 'sgd', or convert X to NumPy."
            )
        if not ArraySpace.of(X).writes_in_place:
            raise ValueError(
                f"Training writes in place, which arrays like {type(X)} do not allow; "
                "convert X to NumPy."
            )
        return _Data.of(X, y, checked_weights(sample_weight, X), seen)

    def _validate_held_out(self, data, X_val, y_val, sample_weight_val):
        """The validation set of the user's, or None."""
        if X_val is None and y_val is None:
            if sample_weight_val is not None:
                raise ValueError("sample_weight_val was passed without X_val and y_val.")
            return None
        if X_val is None or y_val is None:
            given, missing = ("X_val", "y_val") if y_val is None else ("y_val", "X_val")
            raise ValueError(f"{given} was passed without {missing}: pass both or neither.")
        if data.space.xp is np:
            X_val = to_numpy(X_val)
        elif issparse(X_val):
            raise ValueError("X_val is sparse, but X is not: pass X_val as X_val.toarray().")
        else:
            X_val = data.space.asarray(to_numpy(X_val))
        X, y = later_data(self, data.seen, X_val, to_numpy(y_val), dtype=data.X.dtype, **_CHECKS)
        weights = checked_weights(sample_weight_val, X, "sample_weight_val")
        held_out = _Data.of(X, y, weights, data.seen, "y_val")
        if held_out.Y.shape[1] != data.Y.shape[1]:
            raise ValueError(
                f"y_val has {held_out.Y.shape[1]} outputs, but y has {data.Y.shape[1]}."
            )
        return held_out

    def _generator(self, continues):
        """Go on with the stream of the last call, which a failure must not advance."""
        return copy.deepcopy(self._state.rng) if continues else private_generator(self.random_state)

    def _fit_solver(self, data):
        """The solver of `fit`: "auto" is L-BFGS where the samples are few, and NumPy's."""
        if self.solver != "auto":
            return self.solver
        small = data.space.xp is np and len(data.Y) <= SMALL_DATA
        return "lbfgs" if small else "adam"

    def _start(self, data, rng, continues, solver):
        """The state to train from: that of the last call, or a new one."""
        layers = self._layers(data)
        progress = Progress(
            self._patience(solver), self._learning_rate(solver), early_stopping=self.early_stopping
        )
        if continues:
            self._resume(progress, layers)
            theta, (output_range, warned) = self._theta(), self._kept_range(data)
            optimizer = self._optimizer(solver, copy.deepcopy(self._state.optimizer))
        else:
            output_range, warned = self._output_range(data), False
            theta = layers.draw(self.init, rng)
            if layers.fit_intercept and self.init == "glorot_uniform":
                layers.begin_at(data.mean(output_range), theta)
            theta = data.space.asarray(theta, data.X.dtype)
            optimizer = self._optimizer(solver)
        return _Run(
            data, layers, theta, output_range, solver, optimizer, rng, progress, warned, continues
        )

    def _patience(self, solver):
        # An iteration of L-BFGS is worth many updates, so it counts by itself.
        min_updates = 0 if solver == "lbfgs" else LEAST_UPDATES * self.n_iter_no_change
        return Patience(self.tol, self.n_iter_no_change, relative=True, min_updates=min_updates)

    def _given_alpha(self):
        """The penalty of the parameters, or None where the data are to tell it."""
        return getattr(self, "alpha_", None) if self.alpha == "auto" else self.alpha

    def _resume(self, progress, layers):
        """Take up the curves and the learning rate where the last call left them."""
        if layers != self._state.layers:
            raise ValueError(
                f"Training continues a network with {self._state.layers}, but the data and the "
                f"parameters ask for one with {layers}. Keep them, or set warm_start=False and "
                "fit anew."
            )
        progress.loss_curve = list(self.loss_curve_)
        progress.validation_loss_curve = list(self.validation_loss_curve_ or [])
        progress.t = self.t_
        rate = progress.learning_rate
        if rate is not None and rate.initial == self._state.initial_rate:
            rate.shrinkage = self._state.shrinkage

    def _layers(self, data):
        hidden = self.hidden_layer_sizes
        hidden = [hidden] if isinstance(hidden, Integral) else np.asarray(hidden, object).tolist()
        if not isinstance(hidden, list):
            hidden = [hidden]
        if not all(isinstance(n, Integral) and n > 0 and n is not True for n in hidden):
            raise ValueError(
                f"hidden_layer_sizes must be positive integers, got {self.hidden_layer_sizes!r}."
            )
        hidden = [int(n) for n in hidden]
        return Layers((data.X.shape[1], *hidden, data.Y.shape[1]), bool(self.fit_intercept))

    def _learning_rate(self, solver):
        if solver == "lbfgs":
            return None
        auto = self.learning_rate_init == "auto"
        initial = AUTO_LEARNING_RATE[solver] if auto else self.learning_rate_init
        schedule = self.learning_rate if solver == "sgd" else "constant"
        return LearningRate(initial, schedule, self.power_t)

    def _optimizer(self, solver, previous=None):
        """A new optimizer, or the previous one with today's settings."""
        if solver == "lbfgs":
            return None
        settings = {"learning_rate": self._learning_rate(solver).initial}
        if solver == "adam":
            kind = Adam
            # float32 would round a smaller epsilon to zero, which then divides zero.
            epsilon = max(self.epsilon, float(np.finfo(np.float32).tiny))
            settings |= {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": epsilon}
        else:
            kind = GradientDescent
            settings |= {"momentum": self.momentum, "nesterov": self.nesterovs_momentum}
        return replace(previous, **settings) if type(previous) is kind else kind(**settings)

    def _output_range(self, data):
        if isinstance(self.y_range, str):
            return OutputRange.around(data.Y, data.precision)
        given = OutputRange.given(self.y_range, data.Y.shape[1], data.precision)
        given.check(data.Y, "y")
        return given

    def _kept_range(self, data):
        """The range that the first targets fixed, and whether a target was ever outside."""
        if not isinstance(self.y_range, str):
            return self._output_range(data), False
        kept = self._state.output_range
        kept.check_points(data.Y)
        outside = kept.outside(data.Y)
        if outside is not None and not self._state.warned:
            warn(
                f"The target {outside} in y lies outside the range {kept} that the first targets "
                "fixed; no prediction can reach it. Pass y_range=(low, high) to avoid this.",
            )
        return kept, self._state.warned or outside is not None

    def _split(self, data, held_out, run):
        """The samples to train on, and those to validate on or None."""
        if held_out is not None:
            if not isinstance(self.y_range, str):
                run.output_range.check(held_out.Y, "y_val")
            run.output_range.check_points(held_out.Y)
            return data, held_out
        if not self.early_stopping:
            return data, None
        # The same samples in each call, where random_state is an int.
        rng = private_generator(self.random_state)
        train, validation = data.held_out(self.validation_fraction, rng)
        return data.take(train), data.take(validation)

    def _set_objective(self, run, data, held_out=None, auto_alpha=None):
        rows = data.rows(run.output_range)
        known = run.continues or self.alpha != "auto"
        run.alpha = self._given_alpha() if known else None
        if run.alpha is None:  # files of version 0.1.0 hold none
            run.alpha = auto_alpha or _estimated_alpha(run, rows)
        backprop = backprop_for(data.X)(run.layers, run.alpha, float(data.s.sum()))
        run.objective = Objective(backprop, rows)
        if held_out is not None:
            validation = held_out.rows(run.output_range)
            run.progress.validation_cost = lambda theta: backprop.cost(theta, *validation)

    def _train(self, run, tasks):
        """Train, warn of what is not as it should be, and return the fitted attributes."""
        run.progress.objective = run.objective
        run.progress.on_epoch_begin = tasks.begin_epoch
        run.progress.on_epoch_end = lambda: self._end_epoch(run, tasks)
        if run.solver != "lbfgs":
            limit = f"max_iter={self.max_iter} epochs"
            stopped = self._descend(run, self.max_iter)
        else:
            limit = f"max_iter={self.max_iter} epochs or max_fun={self.max_fun} evaluations"
            with np.errstate(over="ignore", invalid="ignore"):
                stopped = lbfgs(run.theta, run.objective, run.progress, self.max_iter, self.max_fun)
        theta = run.progress.kept(run.theta)
        if self.tol is not None and not run.progress.asked_to_stop:
            self._warn_unless_converged(run, theta, None if stopped else limit)
        return self._fitted(run, theta)

    def _warn_unless_converged(self, run, theta, limit):
        """Warn if the network is no better than a constant, or if it was still learning."""
        r2 = run.objective.r2(theta)
        rate = "" if run.solver == "lbfgs" else "learning_rate_init, "
        if r2 <= NO_BETTER:
            ending = limit or f"n_iter_no_change={self.n_iter_no_change}"
            warn(
                f"{ending} ended the training with predictions that are no better than the mean "
                f"of y: R² is {r2:.3g} on the training samples. If y depends on X, scale X, for "
                f"example with StandardScaler, lower alpha (here {run.alpha:.3g}), or change "
                f"{rate}max_iter or init.",
                ConvergenceWarning,
            )
        elif limit is not None and run.progress.recent_gain() > STILL_RISING:
            warn(
                f"{limit} ended the training while R² on the training samples, now {r2:.3f}, "
                "still rose. Raise max_iter"
                + (" or learning_rate_init" if rate else "")
                + ", or scale X, for example with StandardScaler. If R² of new samples does not "
                "rise with it, use early_stopping=True or a larger alpha.",
                ConvergenceWarning,
            )

    def _descend(self, run, max_iter):
        n_samples = run.objective.n_samples
        auto = {"auto": equal_batch_size(n_samples, at_most=200), None: n_samples}
        size = auto.get(self.batch_size, self.batch_size)
        batches = Batches(n_samples, size, self.shuffle, run.rng, run.data.space.asarray)
        with np.errstate(over="ignore", invalid="ignore"):  # what diverges is found each epoch
            return descend(run.theta, run.objective, run.optimizer, batches, run.progress, max_iter)

    def _end_epoch(self, run, tasks):
        """Report an epoch; True where a callback asks to stop."""
        self._report(run)
        return tasks.end_epoch(lambda: self._snapshot(run))

    def _report(self, run):
        if self.verbose:
            line = f"Epoch {len(run.progress.loss_curve)}: {run.progress.loss_curve[-1]:.8f}"
            if run.progress.validation_cost is not None:
                line += f", validation cost {run.progress.validation_loss_curve[-1]:.8f}"
            print(line)

    def _snapshot(self, run):
        """What an estimator that stopped here would have, and share with nobody."""
        fitted = self._fitted(run)
        return fitted | {"_state": copy.deepcopy(fitted["_state"])}

    def _fitted(self, run, theta=None):
        """The fitted attributes, of `theta` or of the best parameters so far."""
        progress = run.progress
        theta = progress.kept(run.theta) if theta is None else theta
        coefs, intercepts = _split(run.layers, copied(theta))
        low, high = map(run.data.space.asarray, run.output_range.bounds(run.data.precision))
        return run.data.seen | {
            "coefs_": coefs,
            "intercepts_": intercepts,
            "loss_": progress.loss_curve[-1] if progress.loss_curve else None,
            "best_loss_": progress.best_loss,
            "loss_curve_": list(progress.loss_curve),
            "validation_loss_curve_": list(progress.validation_loss_curve) or None,
            "n_iter_": len(progress.loss_curve),
            "solver_": run.solver,
            "alpha_": float(run.alpha),
            "t_": progress.t,
            "n_layers_": len(run.layers.sizes),
            "n_outputs_": run.layers.sizes[-1],
            "out_activation_": "logistic",
            "y_low_": low,
            "y_high_": high,
            "_state": run.state(),
        }


_CHECKS = {"accept_sparse": "csr", "multi_output": True, "y_numeric": True}


@dataclass
class _Data:
    """Validated samples of positive weight: X, targets Y of shape (n_samples, n_outputs).

    X lives in `space`; Y and the weights s are NumPy's. `flat` tells whether
    the targets came as a vector, `seen` holds the attributes that describe X.
    """

    X: np.ndarray
    Y: np.ndarray
    s: np.ndarray
    flat: bool
    seen: dict

    @property
    def space(self):
        return ArraySpace.of(self.X)

    @property
    def precision(self):
        return self.space.precision(self.X)

    @classmethod
    def of(cls, X, y, weights, seen, name="y"):
        if issparse(y):
            raise ValueError(f"{name} is sparse; pass it dense, for example as {name}.toarray().")
        if y.dtype not in FLOATS:
            with np.errstate(over="ignore"), within_float64(name, TypeError, ValueError):
                y = y.astype(np.float64)
        if not np.isfinite(y).all():  # validated() sees neither None nor inf among objects
            raise ValueError(f"{name} contains NaN, None, infinity, or a value beyond float64.")
        s = np.ones(len(y)) if weights is None else weights
        data = cls(X, y.reshape(len(y), -1), s, y.ndim == 1, seen)
        data.s = data.s.astype(data.precision)
        return data if data.s.all() else data.take(np.flatnonzero(data.s))

    def take(self, rows):
        return replace(self, X=self.space.take(self.X, rows), Y=self.Y[rows], s=self.s[rows])

    def held_out(self, fraction, rng):
        """Row numbers to train on and to validate on.

        Equal rows stay together, so that a row of weight 2 and a row given twice
        are the same here too, unless too few rows differ. Those of tensors are
        not compared.
        """
        if self.space.xp is np:
            # Ranks of the targets, so that their unit does not decide which are held out.
            ranks = [np.unique(y, return_inverse=True)[1].ravel() for y in self.Y.T]
            first, group = equal_rows(self.X, np.column_stack(ranks))
            with suppress(ValueError):
                parts = hold_out(len(first), fraction, copy.deepcopy(rng))
                return [np.flatnonzero(np.isin(group, part)) for part in parts]
        return hold_out(len(self.Y), fraction, rng)

    def mean(self, output_range):
        """The mean of the targets of each output, in the unit interval."""
        T = output_range.to_unit(self.Y)
        return self.s.astype(np.float64) @ T / self.s.sum(dtype=np.float64)

    def rows(self, output_range):
        T, s = output_range.to_unit(self.Y, self.precision), self.s
        return Rows(self.X, self.space.asarray(T), self.space.asarray(s))


@dataclass
class _State:
    """What a later call needs to go on, beside the public attributes."""

    layers: Layers
    output_range: OutputRange
    optimizer: GradientDescent | Adam | None
    rng: np.random.RandomState
    patience: Patience
    initial_rate: float | None
    shrinkage: float
    flat: bool
    warned: bool

    def __sklearn_array_api_convert__(self, convert):
        """The same state where scikit-learn moves the estimator to."""
        if self.optimizer is None:
            return self
        moments = {k: convert(v) for k, v in vars(self.optimizer).items() if hasattr(v, "shape")}
        return replace(self, optimizer=replace(self.optimizer, **moments | {"scratch": None}))

    def plain(self):
        """The same in containers, numbers and arrays, which a file can hold without our types."""
        optimizer = self.optimizer
        if optimizer is not None:
            optimizer = {"kind": type(optimizer).__name__} | vars(optimizer)
            del optimizer["scratch"]
        return vars(self) | {
            "layers": dict(vars(self.layers)),
            "output_range": dict(vars(self.output_range)),
            "optimizer": optimizer,
            "rng": self.rng.get_state(legacy=False),
            "patience": dict(vars(self.patience)),
        }

    @classmethod
    def of(cls, plain):
        """The state that `plain` was made of; files of earlier versions come through here."""
        optimizer = plain["optimizer"]
        if optimizer is not None:
            settings = {name: value for name, value in optimizer.items() if name != "kind"}
            optimizer = _OPTIMIZERS[optimizer["kind"]](**settings)
        structures = {
            "layers": Layers(**plain["layers"]),
            "output_range": OutputRange(**plain["output_range"]),
            "optimizer": optimizer,
            "rng": generator_from(plain["rng"]),
            "patience": Patience(**plain["patience"]),
        }
        return cls(**plain | structures)


_OPTIMIZERS = {"Adam": Adam, "GradientDescent": GradientDescent}


@dataclass
class _Run:
    """What one call of fit or partial_fit trains."""

    data: _Data
    layers: Layers
    theta: np.ndarray
    output_range: OutputRange
    solver: str
    optimizer: GradientDescent | Adam | None
    rng: np.random.RandomState
    progress: Progress
    warned: bool
    continues: bool
    alpha: float | None = None
    objective: Objective | None = None

    def state(self):
        rate = self.progress.learning_rate or LearningRate(None)
        return _State(
            self.layers,
            self.output_range,
            self.optimizer,
            self.rng,
            self.progress.patience,
            rate.initial,
            rate.shrinkage,
            self.data.flat,
            self.warned,
        )


def _refuse_nan(results, X):
    """Sums of weights times X can overflow to inf − inf, of which nothing follows."""
    xp, results = namespace(results)
    if bool(xp.any(xp.isnan(results))):
        raise ValueError(f"X is too large for the weights in {X.dtype}; scale X.")


def _trains_by_epochs(estimator):
    if estimator.solver == "lbfgs":
        raise AttributeError(
            "partial_fit is not for solver='lbfgs', which needs all rows at once: "
            "use solver='adam' or 'sgd'."
        )
    if isinstance(estimator.early_stopping, bool | np.bool_) and estimator.early_stopping:
        raise AttributeError(
            "partial_fit runs one epoch and holds nothing out: set early_stopping=False."
        )
    return True


def _estimated_alpha(run, rows):
    """What `estimated_alpha` finds, on rows at even distances, at the initial weights."""
    if run.solver == "lbfgs":  # which takes repeated rows as rows of more weight
        rows = merge_repeated(rows)
    some = np.arange(0, rows.T.shape[0], -(-rows.T.shape[0] // MOST_ROWS))
    X = run.data.space.take(rows.X, some)
    coefs, intercepts = run.layers.split(run.theta)
    with np.errstate(over="ignore", invalid="ignore"):
        H = feedforward(X, coefs[:-1], intercepts[:-1])[-1]
    H = H if issparse(H) else to_numpy(H)
    T, s = to_numpy(rows.T)[some], to_numpy(rows.s)[some]
    return estimated_alpha(H, T, s, run.layers.fit_intercept)


def _take_initial_weights(run, coefs_init, intercepts_init):
    coefs, intercepts = run.layers.split(run.theta)
    for name, given, views in [
        ("coefs_init", coefs_init, coefs),
        ("intercepts_init", intercepts_init, intercepts),
    ]:
        if given is None:
            continue
        n_given = len(given) if isinstance(given, Sized) else "no list"
        if n_given != len(views):
            raise ValueError(
                f"{name} must hold {len(views)} arrays for layers of {run.layers.sizes} units and "
                f"fit_intercept={run.layers.fit_intercept}, got {n_given}."
            )
        for number, (values, view) in enumerate(zip(given, views, strict=True)):
            shape, precision = tuple(view.shape), run.data.precision
            values = checked_init(to_numpy(values), shape, precision, f"{name}[{number}]")
            view[...] = run.data.space.asarray(values)


def _split(layers, theta):
    """Lists of weights and biases on theta; biases that are no parameters are zero."""
    coefs, intercepts = layers.split(theta)
    return coefs, intercepts or [abs(0 * theta[:n]) for n in layers.sizes[1:]]
