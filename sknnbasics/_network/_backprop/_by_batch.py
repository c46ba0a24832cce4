"""An epoch as a loop over its batches, for every body that has no loop of its own."""

from ..._arrays import namespace


class ByBatch:
    """The updates of an epoch, from the `cost_and_gradient` of the body."""

    def run_epoch(self, theta, X, T, s, optimizer, batches):
        """Move theta, in place, by one update a batch; give the mean cost of the batches.

        Parameters
        ----------
        theta : array
        X, T, s
            As in `cost_and_gradient`.
        optimizer : GradientDescent, Adam
        batches : Batches

        Returns
        -------
        0-dimensional float
            Each batch counts by the sum of its weights.
        """
        costs = weights = 0.0
        for rows in batches:
            cost, grad = self.cost_and_gradient(theta, X, T, s, rows)
            self.update(theta, grad, optimizer)
            weight = _weight(s, rows)
            costs += cost * weight
            weights += weight
        return costs / weights

    def update(self, theta, grad, optimizer):
        """Move theta, in place, against a gradient."""
        optimizer.update(theta, grad)


def _weight(s, rows):
    """Σs of a batch."""
    xp, s = namespace(s)
    if rows is None:
        return xp.sum(s)
    return xp.sum(s[rows] if isinstance(rows, slice) else xp.take(s, rows, axis=0))
