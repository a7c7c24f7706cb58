# SPDX-License-Identifier: GPL-3.0-or-later
# Judges the forecasts of summers' highest loads. usage: Rscript bench_season_judge.R LOAD.csv
# FORECAST.csv ACTUAL-WEATHER.csv HF.csv: the last three have season,poe,peak of the total. Summers
# are October to March, called by the year they begin in.
args <- commandArgs(trailingOnly = TRUE)
read_total <- function(file) {
    load <- read.csv(gzfile(file))
    both <- merge(load[load$zone == "sa_other", ], load[load$zone == "sa_industrial", ], by = "time")
    month <- as.integer(substr(both$time, 6, 7))
    year <- as.integer(substr(both$time, 1, 4))
    data.frame(season = ifelse(month < 4, year - 1, year), load = both$load.x + both$load.y)
}
total <- read_total(args[1])
peaks <- tapply(total$load, total$season, max)
means <- tapply(total$load, total$season, mean)

# Quantiles of a summer, highest probability of being passed first.
levels_of <- function(file) {
    f <- read.csv(file)
    lapply(split(f, f$season), function(s) s[order(-s$poe), ])
}
judged <- seq(0.95, 0.05, by = -0.05)
at <- function(s, poe) s$peak[match(round(poe, 2), round(s$poe, 2))]
pinball <- function(q, level, y) mean(ifelse(y >= q, (y - q) * level, (q - y) * (1 - level)))
judge <- function(s, actual) {
    c(actual, at(s, c(0.99, 0.9, 0.5, 0.1, 0.01)), approx(s$peak, 1 - s$poe, actual, rule = 2)$y,
      pinball(at(s, judged), 1 - judged, actual), (at(s, 0.1) - at(s, 0.9)) / at(s, 0.5))
}
# Peaks of all earlier summers, each brought to the level of the last one.
scaled <- function(season) {
    earlier <- as.character(sort(as.integer(names(peaks)[as.integer(names(peaks)) < season])))
    now <- peaks[earlier] * means[earlier[length(earlier)]] / means[earlier]
    poe <- seq(0.99, 0.01, by = -0.01)
    data.frame(season, poe, peak = quantile(now, 1 - poe, type = 7, names = FALSE))
}
table_of <- function(title, forecasts) {
    rows <- t(sapply(names(forecasts), function(s) judge(forecasts[[s]], peaks[[s]])))
    cat(sprintf("  %s\n  %-6s %7s %7s %7s %7s %7s %7s %6s %8s %7s\n", title, "summer", "actual",
                "POE99", "POE90", "POE50", "POE10", "POE1", "PIT", "pinball", "spread"))
    for (s in rownames(rows)) {
        cat(sprintf("  %-6s %7.0f %7.0f %7.0f %7.0f %7.0f %7.0f %6.2f %8.1f %6.1f%%\n", s, rows[s, 1],
                    rows[s, 2], rows[s, 3], rows[s, 4], rows[s, 5], rows[s, 6], rows[s, 7],
                    rows[s, 8], 100 * rows[s, 9]))
    }
    cat(sprintf("  %-6s %7s %7s %7s %7s %7s %7s %6s %8.1f %6.1f%%\n", "mean", "", "", "", "", "", "",
                "", mean(rows[, 8]), 100 * mean(rows[, 9])))
    rows
}
summary_of <- function(rows, bar) {
    # Exact for so few values.
    ks <- ks.test(rows[, 7], "punif")
    cat(sprintf("  inside POE99..POE1 %d of %d; PITs uniform? Kolmogorov-Smirnov D %.3f, p %.2f\n",
                sum(rows[, 1] >= rows[, 2] & rows[, 1] <= rows[, 6]), nrow(rows), ks$statistic,
                ks$p.value))
    cat(sprintf("  pinball %.0f %% below the bar's; widest spread %.1f %%; median error of POE50 %.1f %%\n",
                100 * (1 - mean(rows[, 8]) / mean(bar[, 8])), 100 * max(rows[, 9]),
                100 * median(abs(rows[, 4] / rows[, 1] - 1))))
}

forecasts <- levels_of(args[2])
bar <- table_of("bar: peaks of the summers before, scaled by growth",
                setNames(lapply(as.integer(names(forecasts)), scaled), names(forecasts)))
ours <- table_of("phutai", forecasts)
summary_of(ours, bar)
summary_of(table_of("Hyndman and Fan 2010, tests/bench_season_hf.R", levels_of(args[4])), bar)
given <- levels_of(args[3])
error <- sapply(names(given), function(s) 100 * (at(given[[s]], 0.5) / peaks[[s]] - 1))
cat("  phutai, with the summer's actual weather: error of POE50\n  ",
    paste(sprintf("%s %+.1f %%", names(error), error), collapse = ", "),
    sprintf("\n  median of its size %.1f %%\n", median(abs(error))), sep = "")
