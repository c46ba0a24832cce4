"""The article's two programs, as it lists them, held against the estimators.

Its `Perceptron` fires from the threshold on (``n < 2`` does not fire), its equation
only above it; the class below has the equation. Its `Neuron` has two slips of the
pen mended: ``np.dot(X.self.w1)``, and ``sigmoidPrime`` without its decorator.
"""

from itertools import product
from random import Random

import numpy as np
import pytest
from both_estimators import unconverged
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import linprog
from sklearn.exceptions import ConvergenceWarning

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

# The article's targets are a column, which scikit-learn's users are warned of.
pytestmark = pytest.mark.filterwarnings(
    "ignore:y is a column:sklearn.exceptions.DataConversionWarning"
)

# The perceptron ----------------------------------------------------------------------------


class Perceptron:
    def __init__(self, weights, threshold=2, learn_rate=0.1):
        self.weights = list(weights)
        self.bias = 0
        self.threshold = threshold
        self.learn_rate = learn_rate

    def activation(self, n):
        return 1 if n > self.threshold else 0

    def predict(self, ip):
        total = self.bias
        for i, j in enumerate(self.weights):
            total += ip[i] * j
        return self.activation(total)

    def fit(self, x_train, y_train, epochs):
        for _ in range(epochs):
            for x, y in zip(x_train, y_train, strict=True):
                loss = y - self.predict(x)
                for w in range(len(self.weights)):
                    self.weights[w] += loss * x[w] * self.learn_rate
                self.bias += loss * self.learn_rate
        return self


def and_table():
    return np.array([[1.0, 1, 1], [0, 0, 0], [1, 0, 1]]), np.array([1, 0, 0])


def noisy_samples():
    """Samples that no hyperplane separates: every epoch moves the weights."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 4))
    return X, (X[:, 0] + rng.standard_normal(30) > 0).astype(int)


def article_perceptron(**params):
    settings = {"threshold": 2, "init": "uniform", "eta0": 0.1, "shuffle": False, "tol": None}
    return PerceptronClassifier(average=False, **settings | params)


def assert_same_weights(model, article):
    assert_allclose(model.coef_, [article.weights], rtol=0, atol=1e-12)
    assert_allclose(model.intercept_, [article.bias - article.threshold], rtol=0, atol=1e-12)


@pytest.mark.parametrize("samples", [and_table, noisy_samples])
@pytest.mark.parametrize("seed", range(5))
def test_partial_fit_is_an_epoch_of_the_articles_loop(samples, seed):
    X, y = samples()
    start = np.random.RandomState(seed).uniform(size=X.shape[1])
    article = Perceptron(start)
    model = article_perceptron(random_state=seed)
    for _ in range(20):
        article.fit(X.tolist(), y.tolist(), epochs=1)
        assert_same_weights(model.partial_fit(X, y, classes=[0, 1]), article)


@unconverged
@pytest.mark.parametrize("samples", [and_table, noisy_samples])
@pytest.mark.parametrize("epochs", [1, 2, 3, 10, 100])
def test_fit_runs_the_articles_loop(samples, epochs):
    X, y = samples()
    start = np.random.RandomState(7).uniform(size=X.shape[1])
    article = Perceptron(start).fit(X.tolist(), y.tolist(), epochs)
    model = article_perceptron(random_state=7, max_iter=epochs).fit(X, y)
    assert_same_weights(model, article)


@unconverged
@pytest.mark.parametrize("seed", range(5))
def test_fit_takes_the_starting_weights_of_the_article(seed):
    X, y = noisy_samples()
    random = Random(seed).random
    start = [random() for _ in range(X.shape[1])]
    article = Perceptron(start).fit(X.tolist(), y.tolist(), epochs=10)
    model = article_perceptron(init="zeros", max_iter=10).fit(X, y, coef_init=start)
    assert_same_weights(model, article)


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_threshold_of_two_makes_the_and_gate(shuffle):
    X, y = and_table()
    for seed in range(100):
        gate = article_perceptron(shuffle=shuffle, random_state=seed).fit(X, y)
        assert gate.converged_
        assert_array_equal(gate.predict(X), y)
        assert_array_equal(gate.predict([[0, 1, 0], [1, 1, 1]]), [0, 1])


CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]]
XOR, XNOR = (0, 1, 1, 0), (1, 0, 0, 1)
SEPARABLE = [gate for gate in product([0, 1], repeat=4) if gate not in (XOR, XNOR)]


def test_there_are_14_separable_gates():
    assert len(SEPARABLE) == 14


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("params", [{}, {"threshold": 2, "init": "uniform"}])
@pytest.mark.parametrize("outputs", SEPARABLE)
def test_separable_gates_are_learned_without_a_mistake(outputs, params, shuffle):
    # The constant gates have one class, which only partial_fit can declare to be one of two.
    gate = PerceptronClassifier(average=False, **params, shuffle=shuffle, random_state=0)
    for _ in range(100):
        if gate.partial_fit(CORNERS, outputs, classes=[0, 1]).converged_:
            break
    assert gate.mistake_curve_[-1] == 0
    assert_array_equal(gate.predict(CORNERS), outputs)


@pytest.mark.parametrize("outputs", [gate for gate in SEPARABLE if len(set(gate)) == 2])
def test_fit_learns_the_separable_gates_at_the_defaults(outputs):
    gate = PerceptronClassifier(random_state=0).fit(CORNERS, outputs)
    assert gate.converged_
    assert gate.score(CORNERS, outputs) == 1


def is_separable(X, y):
    """Whether a linear program finds weights with a margin."""
    signs = np.where(y, 1, -1)[:, None]
    A = -signs * np.column_stack([X, np.ones(len(X))])
    return linprog(np.zeros(A.shape[1]), A, -np.ones(len(A)), bounds=(None, None)).status == 0


@pytest.mark.parametrize("average", ["pocket", True, False])
def test_fit_learns_all_separable_gates_of_three_bits_at_the_defaults(average):
    X, n_separable = np.array(list(product([0, 1], repeat=3))), 0
    for outputs in product([0, 1], repeat=8):
        y = np.array(outputs)
        if len(set(outputs)) == 1 or not is_separable(X, y):
            continue
        gate = PerceptronClassifier(average=average, random_state=0).fit(X, y)
        assert gate.converged_
        assert_array_equal(gate.predict(X), y)
        n_separable += 1
    assert n_separable == 102


@pytest.mark.parametrize("params", [{}, {"threshold": 2, "init": "uniform"}])
@pytest.mark.parametrize("outputs", [XOR, XNOR])
def test_xor_and_xnor_are_never_learned(outputs, params):
    gate = PerceptronClassifier(**params, tol=None, random_state=0)
    with pytest.warns(ConvergenceWarning, match="max_iter"):
        gate.fit(CORNERS, outputs)
    assert not gate.converged_
    assert gate.n_iter_ == 1000
    assert gate.mistake_curve_.min() > 0
    assert gate.score(CORNERS, outputs) < 1


# The neuron --------------------------------------------------------------------------------


class Neuron:
    def __init__(self, inputLayerSize, outputLayerSize, hiddenLayerSize):
        self.w1 = np.random.randn(inputLayerSize, hiddenLayerSize)  # noqa: NPY002
        self.w2 = np.random.randn(hiddenLayerSize, outputLayerSize)  # noqa: NPY002

    @staticmethod
    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    @staticmethod
    def sigmoidPrime(z):
        return np.exp(-z) / ((1 + np.exp(-z)) ** 2)

    def feedforward(self, X):
        self.z2 = np.dot(X, self.w1)
        self.a2 = Neuron.sigmoid(self.z2)
        self.z3 = np.dot(self.a2, self.w2)
        output = Neuron.sigmoid(self.z3)
        return output

    def cost(self, X, y):
        self.yHat = self.feedforward(X)
        J = 0.5 * sum((y - self.yHat) ** 2)
        return J

    def cost_derivative(self, X, y):
        self.yHat = self.feedforward(X)
        delta3 = np.multiply(-(y - self.yHat), self.sigmoidPrime(self.z3))
        dJdW2 = np.dot(self.a2.T, delta3)
        delta2 = np.dot(delta3, self.w2.T) * self.sigmoidPrime(self.z2)
        dJdW1 = np.dot(X.T, delta2)
        return dJdW1, dJdW2

    def gradient_descent(self, X, y, iterations):
        cost_check = []
        learn_rate = 0.1
        for _ in range(iterations):
            dJdW1, dJdW2 = self.cost_derivative(X, y)
            self.w1 -= learn_rate * dJdW1
            self.w2 -= learn_rate * dJdW2
            cost_check.append(self.cost(X, y)[0])
        return cost_check


X = np.array([[3.0, 5], [5, 1], [10, 2]])
Y = np.array([[0.75], [0.82], [0.93]])
N = 3  # the article sums over the samples, equation (5) takes the mean
PRINTED_PREDICTIONS = [0.74843109, 0.85237136, 0.88980214]


def article_neuron(seed):
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    nn = Neuron(2, 1, 3)
    np.random.set_state(state)  # noqa: NPY002
    return nn


def article_network(**params):
    settings = {
        "hidden_layer_sizes": (3,),
        "solver": "sgd",
        "momentum": 0,
        "batch_size": None,
        "learning_rate_init": 0.1 * N,
        "max_iter": 1000,
        "tol": None,
        "fit_intercept": False,
        "alpha": 0,
        "y_range": (0, 1),
        "init": "standard_normal",
    }
    return SigmoidMLPRegressor(**settings | params)


def assert_same_run(network, nn, costs):
    """`costs` begins with the cost before the first update, and so is one longer than the curve."""
    assert_allclose(network.coefs_[0], nn.w1, rtol=0, atol=1e-10)
    assert_allclose(network.coefs_[1], nn.w2, rtol=0, atol=1e-10)
    assert_array_equal(np.concatenate(network.intercepts_), np.zeros(4))
    assert_allclose(N * np.array(network.loss_curve_), costs[:-1], rtol=0, atol=1e-10)
    assert_allclose(N * network.cost(X, Y), costs[-1], rtol=0, atol=1e-10)
    assert_allclose(network.predict(X).ravel(), nn.feedforward(X).ravel(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("y", [Y, Y.ravel()], ids=["column", "vector"])
@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_steps_are_the_articles(seed, y):
    nn = article_neuron(seed)
    costs = [nn.cost(X, Y)[0], *nn.gradient_descent(X, Y, 1000)]
    network = article_network(random_state=seed).fit(X, y)
    assert network.n_iter_ == 1000
    assert_same_run(network, nn, costs)


@pytest.mark.parametrize("seed", range(5))
def test_the_articles_starting_weights_can_be_passed(seed):
    nn = article_neuron(seed)
    start = [nn.w1.copy(), nn.w2.copy()]
    costs = [nn.cost(X, Y)[0], *nn.gradient_descent(X, Y, 1000)]
    network = article_network(random_state=99).fit(X, Y, coefs_init=start)
    assert_same_run(network, nn, costs)


@pytest.mark.parametrize("seed", range(5))
def test_an_integer_seed_draws_the_weights_of_numpys_seed(seed):
    nn = article_neuron(seed)
    # The smallest step of all moves no weight, so that the drawn ones are left to see.
    network = article_network(random_state=seed, max_iter=1, learning_rate_init=5e-324).fit(X, Y)
    assert_array_equal(network.coefs_[0], nn.w1)
    assert_array_equal(network.coefs_[1], nn.w2)


def test_numpys_own_seed_serves_too():
    # The article seeds nothing: random_state=None must draw from NumPy's global generator.
    curves = []
    for _ in range(2):
        state = np.random.get_state()  # noqa: NPY002
        np.random.seed(3)  # noqa: NPY002
        curves.append(article_network(max_iter=5).fit(X, Y).loss_curve_)
        np.random.set_state(state)  # noqa: NPY002
    assert curves[0] == curves[1]


def test_the_cost_falls_monotonically_and_some_seed_predicts_what_the_article_prints():
    networks = [article_network(random_state=seed).fit(X, Y) for seed in range(50)]
    for network in networks:
        costs = [*network.loss_curve_, network.cost(X, Y)]
        assert (np.diff(costs) < 0).all()
    gaps = [abs(network.predict(X).ravel() - PRINTED_PREDICTIONS).max() for network in networks]
    assert min(gaps) < 0.01


@pytest.mark.parametrize("n_steps", [1, 1000])
@pytest.mark.parametrize("seed", range(5))
def test_cost_gradient_is_cost_derivative(seed, n_steps):
    network = article_network(random_state=seed, max_iter=n_steps).fit(X, Y)
    nn = article_neuron(seed)
    nn.w1, nn.w2 = network.coefs_
    coef_grads, intercept_grads = network.cost_gradient(X, Y)
    for ours, theirs in zip(coef_grads, nn.cost_derivative(X, Y), strict=True):
        assert_allclose(N * ours, theirs, rtol=0, atol=1e-14)
    assert_array_equal(np.concatenate(intercept_grads), np.zeros(4))


@pytest.mark.parametrize("n_steps", [1, 1000])
@pytest.mark.parametrize("seed", range(5))
def test_feedforward_gives_the_layers_of_the_article(seed, n_steps):
    network = article_network(random_state=seed, max_iter=n_steps).fit(X, Y)
    nn = article_neuron(seed)
    nn.w1, nn.w2 = network.coefs_
    yHat = nn.feedforward(X)
    inputs, hidden, output = network.feedforward(X)
    assert_array_equal(inputs, X)
    assert_allclose(hidden, nn.a2, rtol=0, atol=1e-14)
    assert_allclose(output, yHat, rtol=0, atol=1e-14)
    assert_allclose(network.predict(X).ravel(), yHat.ravel(), rtol=0, atol=1e-14)
