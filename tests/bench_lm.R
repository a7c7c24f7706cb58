# SPDX-License-Identifier: GPL-3.0-or-later
# The same model on the same rows by R's lm. Prints `name seconds` lines.
d <- read.csv(commandArgs(trailingOnly = TRUE)[1])
for (f in c("month", "weekday", "hour")) d[[f]] <- factor(d[[f]])
model <- y ~ trend + month + weekday * hour + (temp + I(temp^2) + I(temp^3)) * (month + hour)
seconds <- min(replicate(3, system.time(lm(model, data = d))[["elapsed"]]))
cat(sprintf("lm %.3f\nlm_columns %d\n", seconds, lm(model, data = d)$rank))
