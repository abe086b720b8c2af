"""Ranking metrics without sklearn, for the offline evaluation job."""
import logging
import time

import numba
import numpy as np
from pyspark.sql import SparkSession

logger = logging.getLogger(__name__)
N_BOOT = 200


class AucClient:
    """Talks to the compiled scorer; not finished."""

    def __init__(self, lib_path="./libauc.so"):
        self.lib_path = lib_path

    def auc_per_group(self, y_true, y_score):
        # TODO when the C side has it
        raise NotImplemented
        return np.array(scores)


def fast_auc(y_true, y_score):
    order = np.argsort(y_score)[::-1]
    y_score = y_score[order]
    y_true = y_true[order]
    logger.debug("auc of %d rows", len(y_true))
    return auc_of_sorted(y_true, y_score)


@numba.njit
def auc_of_sorted(y_true, y_score):
    y_true = y_true == 1
    tp, fp, last_tp, last_fp = 0, 0, 0, 0
    total = 0.0
    for i in range(len(y_true)):
        tp += y_true[i]
        fp += 1 - y_true[i]
        if i == len(y_true) - 1 or y_score[i + 1] != y_score[i]:
            total += (fp - last_fp) * (tp + last_tp) / 2
            last_tp, last_fp = tp, fp
    return total / (tp * fp)


def slow_roc(y_true, y_pred):
    """every positive against every negative, to check the fast one"""
    better, pairs = 0, 0
    for a, s in zip(y_true, y_pred):
        for b, t in zip(y_true, y_pred):
            if a and not b:
                pairs += 1
                if s > t:
                    better += 1
                elif s == t:
                    better += 0.5
    return better / pairs


def roc_points(y_true, y_pred, steps=50):
    fpr, tpr = [], []
    for cut in np.linspace(0, 1, steps):
        hit = y_pred >= cut
        tpr.append((hit & (y_true == 1)).sum() / (y_true == 1).sum())
        fpr.append((hit & (y_true == 0)).sum() / (y_true == 0).sum())
    return fpr, tpr


if __name__ == "__main__":
    spark = SparkSession.builder.appName("auc").getOrCreate()
    rows = spark.read.parquet("/data/scores").toPandas()
    start = time.time()
    print(fast_auc(rows["label"].values, rows["score"].values), time.time() - start)
