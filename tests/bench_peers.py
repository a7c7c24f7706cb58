# SPDX-License-Identifier: GPL-3.0-or-later
# Day-ahead forecasts by gradient boosting from the table of bench_peers.c, refitted monthly on the
# inputs that bench_peers.R has. Trees do not extrapolate, so they learn the load's ratio to that of
# the day before the issue. The set-up was chosen as there.
# usage: bench_peers.py ROWS.csv ZONE FOLDER; prints `method fit_s day_s`.
import sys
import time

import numpy as np
import pandas as pd
import xgboost as xgb

rows = pd.read_csv(sys.argv[1])
inputs = rows.drop(columns=["time", "train", "day", "month", "load", "trend"])
for name in ("load1d", "load7d", "lasthour"):
    inputs[name + "_ratio"] = rows[name] / rows.lastday
inputs["warmer"] = rows.temp - rows.temp24h
target = np.log(rows.load / rows.lastday)
settings = {"eta": 0.05, "max_depth": 5, "subsample": 0.8, "colsample_bytree": 0.6,
            "min_child_weight": 20, "tree_method": "hist", "nthread": 1, "seed": 2385}
parts, fit_s, day_s = [], 0, 0
judged = rows[rows.train == 0]
for month in judged.month.unique():
    test = judged.index[judged.month == month]
    train = rows.index[rows.day < rows.day[test[0]]]
    begin = time.process_time()
    model = xgb.train(settings, xgb.DMatrix(inputs.loc[train], target[train]), 600)
    fitted = time.process_time()
    mean = np.exp(model.predict(xgb.DMatrix(inputs.loc[test]))) * rows.lastday[test]
    fit_s = fit_s or fitted - begin  # of the rows that all methods begin with
    day_s += time.process_time() - fitted
    parts.append(pd.DataFrame({"time": rows.time[test], "zone": sys.argv[2], "mean": mean}))
pd.concat(parts).to_csv(f"{sys.argv[3]}/xgboost.csv", index=False)
print(f"xgboost {fit_s:.4f} {day_s / judged.day.nunique():.5f}")
