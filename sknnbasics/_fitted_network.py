"""What a fitted network computes: predictions, activations, cost and gradient."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from . import _mlp_input as given_by_the_user
from ._arrays import copied
from ._compat import check_same_namespace
from ._network import backprop_for, feedforward, from_unit
from ._validation import of_one_fit, refuse_nan, validated


class FittedNetwork:
    """The methods of `SigmoidMLPRegressor` that ask for a fit and change nothing."""

    @of_one_fit
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
        X, weights = self._inputs(X, "predict")
        theta, bounds = self._joined(weights), given_by_the_user.fitted_bounds(self)
        with np.errstate(over="ignore", invalid="ignore"):
            a = backprop_for(X)(self._state.layers, 0.0).predict(theta, X)
        refuse_nan(a, X, theta)
        predictions = from_unit(a, *bounds)
        return predictions[:, 0] if self._state.flat else predictions

    @of_one_fit
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
        X, weights = self._inputs(X, "feedforward")
        coefs, intercepts = weights
        learned = self._state.layers.fit_intercept
        with np.errstate(over="ignore", invalid="ignore"):
            activations = feedforward(X, coefs, intercepts if learned else [])
        refuse_nan(activations[-1], X, self._joined(weights))
        return activations

    @of_one_fit
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

    @of_one_fit
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
        return self._state.layers.lists(copied(grad))

    def _inputs(self, X, method):
        check_is_fitted(self)
        check_same_namespace(X, self, attribute="y_low_", method=method)
        weights = given_by_the_user.fitted_weights(self)
        dtype = weights[0][0].dtype
        return validated(self, X, reset=False, accept_sparse="csr", dtype=dtype), weights

    def _joined(self, weights):
        return self._state.layers.join(*weights)

    def _cost_and_gradient(self, X, y, sample_weight, method):
        check_is_fitted(self)
        rows = given_by_the_user.fitted_rows(self, X, y, sample_weight, method)
        theta = self._joined(given_by_the_user.fitted_weights(self))
        backprop = backprop_for(rows.X)(self._state.layers, self._alpha())
        with np.errstate(over="ignore", invalid="ignore"):
            cost, grad = backprop.cost_and_gradient(theta, *rows)
        for results in (cost, grad):
            refuse_nan(results, rows.X, theta)
        return cost, grad

    def _alpha(self, known=True):
        """The penalty, or None where the data are to tell it."""
        if self.alpha != "auto":
            return self.alpha
        return getattr(self, "alpha_", None) if known else None
