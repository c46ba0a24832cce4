"""What a fitted network computes: predictions, activations, cost and gradient."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from . import _mlp_input as given_by_the_user
from ._arrays import copied
from ._compat import check_same_namespace
from ._network import backprop_for, feedforward, from_unit
from ._validation import refuse_nan, validated


class FittedNetwork:
    """The methods of `SigmoidMLPRegressor` that ask for a fit and change nothing."""

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
        refuse_nan(a, X)
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
            coefs, intercepts = given_by_the_user.fitted_weights(self)
            activations = feedforward(X, coefs, intercepts if learned else [])
        refuse_nan(activations[-1], X)
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
        return self._state.layers.lists(copied(grad))

    def _inputs(self, X, method):
        check_is_fitted(self)
        check_same_namespace(X, self, attribute="y_low_", method=method)
        dtype = given_by_the_user.fitted_weights(self)[0][0].dtype
        return validated(self, X, reset=False, accept_sparse="csr", dtype=dtype)

    def _theta(self):
        return self._state.layers.join(*given_by_the_user.fitted_weights(self))

    def _cost_and_gradient(self, X, y, sample_weight, method):
        check_is_fitted(self)
        given = given_by_the_user.samples(self, X, y, sample_weight, reset=False, method=method)
        samples, state = given.samples, self._state
        if samples.Y.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {samples.Y.shape[1]} outputs, the network {self.n_outputs_}.")
        state.output_range.check_points(samples.Y)
        backprop = backprop_for(samples.X)(state.layers, self._alpha())
        with np.errstate(over="ignore", invalid="ignore"):
            cost, grad = backprop.cost_and_gradient(
                self._theta(), *samples.rows(state.output_range)
            )
        for results in (cost, grad):
            refuse_nan(results, samples.X)
        return cost, grad

    def _alpha(self, known=True):
        """The penalty, or None where the data are to tell it."""
        if self.alpha != "auto":
            return self.alpha
        return getattr(self, "alpha_", None) if known else None
