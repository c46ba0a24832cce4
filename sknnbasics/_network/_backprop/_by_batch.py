"""An epoch as a loop over its batches, for every body that has no loop of its own."""


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
            Each batch counts by its weight.
        """
        costs = weights = 0.0
        for batch in batches:
            cost, grad = self.cost_and_gradient(theta, X, T, s, batch.rows)
            if batch.share != 1:
                grad *= batch.share
            self.update(theta, grad, optimizer)
            costs += cost * batch.weight
            weights += batch.weight
        return costs / weights

    def update(self, theta, grad, optimizer):
        """Move theta, in place, against a gradient."""
        optimizer.update(theta, grad)
