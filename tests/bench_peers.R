# SPDX-License-Identifier: GPL-3.0-or-later
# Day-ahead forecasts by R's mgcv, forecast and quantreg from the table of bench_peers.c, refitted
# at the start of each month as a practitioner would. Each method sees the calendar with its
# holidays, the temperature, its lags and smoothed values, and the load up to the issue. Their
# set-ups were chosen by the first half of 2013 of vic_elec, fitted on 2012.
# usage: Rscript bench_peers.R ROWS.csv ZONE FOLDER; prints `method fit_s day_s` of each.
suppressMessages({library(mgcv); library(forecast); library(quantreg); library(splines)})
args <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(args[1])
levels_wanted <- seq(0.05, 0.95, 0.05)
rows$hour <- rows$period / 2
rows$logload <- log(rows$load)
rows$log1d <- log(rows$load1d)
rows$log7d <- log(rows$load7d)
rows$loglast <- log(rows$lasthour)
rows$logday <- log(rows$lastday)

# Seven weekdays and the classes around holidays; those with under three days to learn from are
# their weekday.
kinds <- function(d, train) {
    kind <- ifelse(d$class == 0, d$weekday, 6 + d$class)
    days <- table(kind[train][!duplicated(d$day[train])])
    factor(ifelse(kind %in% names(days)[days >= 3], kind, d$weekday))
}

natural <- function(x, train, n) {
    at <- quantile(x[train], seq(0.02, 0.98, length.out = n))
    ns(x, knots = at[2:(n - 1)], Boundary.knots = at[c(1, n)])
}

harmonics <- function(phase, n) {
    do.call(cbind, lapply(1:n, function(k) cbind(sin(2 * pi * k * phase), cos(2 * pi * k * phase))))
}

# Of the processor: what else runs on the machine must not count.
seconds <- function(expression) sum(system.time(expression, gcFirst = FALSE)[1:2])

# predict_month(train, test) gives list(log = medians, quantiles = matrix on the log scale, fit_s).
run <- function(name, predict_month) {
    judged <- rows[rows$train == 0, ]
    parts <- list()
    fit_s <- day_s <- 0
    months <- unique(judged$month)
    for (month in months) {
        test <- which(rows$train == 0 & rows$month == month)
        train <- which(rows$day < rows$day[test[1]])
        all_s <- seconds(p <- predict_month(train, test))
        if (length(parts) == 0) fit_s <- p$fit_s # of the rows that all methods begin with
        day_s <- day_s + all_s - p$fit_s
        parts[[length(parts) + 1]] <-
            data.frame(time = rows$time[test], zone = args[2], mean = exp(p$log), exp(p$quantiles))
    }
    out <- do.call(rbind, parts)
    names(out)[-(1:3)] <- sprintf("q%.2f", levels_wanted)
    write.csv(out, file.path(args[3], paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
    cat(sprintf("%s %.4f %.4f\n", name, fit_s, day_s / length(unique(judged$day))))
}

normal_quantiles <- function(middle, deviation) {
    outer(as.vector(middle), qnorm(levels_wanted), function(m, z) m + deviation * z)
}

additive <- logload ~ kind + s(hour, by = kind, k = 20, bs = "cc") +
    te(hour, yearday, k = c(12, 6), bs = c("cc", "cc")) +
    te(hour, temp, k = c(12, 7), bs = c("cc", "cr")) +
    te(hour, smooth3h, k = c(12, 7), bs = c("cc", "cr")) +
    te(hour, smooth24h, k = c(12, 7), bs = c("cc", "cr")) + s(temp24h, k = 7) +
    s(hour, by = log1d, k = 12, bs = "cc") + s(hour, by = log7d, k = 12, bs = "cc") +
    s(hour, by = loglast, k = 12, bs = "cc") + s(hour, by = logday, k = 12, bs = "cc") +
    kind:log1d + kind:log7d
run_bam <- function(discrete) function(train, test) {
    d <- rows
    d$kind <- kinds(d, train)
    ends <- list(hour = c(0, 24), yearday = c(0, 366))
    d$kind <- factor(d$kind, levels = unique(as.character(d$kind[train])))
    unseen <- is.na(d$kind)
    d$kind[unseen] <- as.character(d$weekday[unseen])
    fit_s <- seconds(m <- bam(additive, data = d[train, ], knots = ends, discrete = discrete))
    middle <- predict(m, d[test, ], discrete = FALSE)
    list(log = middle, quantiles = normal_quantiles(middle, sqrt(m$sig2)), fit_s = fit_s)
}

# Dynamic harmonic regression: Fourier terms of the day by kind of day, by season and by splines of
# the temperatures, with seasonal ARIMA errors.
run_harmonic <- function(train, test) {
    day <- harmonics((rows$period + 0.5) / 48, 10)
    slow <- day[, 1:8]
    year <- harmonics(rows$yearday / 365.25, 2)
    kind <- kinds(rows, train)
    now <- natural(rows$temp, train, 5)
    short <- natural(rows$smooth3h, train, 5)
    long <- natural(rows$smooth24h, train, 5)
    x <- model.matrix(~ kind * day + (year + now + short + long) * slow)
    fit_s <- seconds({
        b <- lm.fit(x[train, ], rows$logload[train])$coefficients
        b[is.na(b)] <- 0
        rest <- rows$logload - as.vector(x %*% b)
        a <- Arima(ts(rest[train], frequency = 48), order = c(2, 0, 1), seasonal = c(1, 0, 1),
                   include.mean = FALSE, method = "CSS")
    })
    middle <- deviation <- numeric(nrow(rows))
    for (d in unique(rows$day[test])) {
        i <- which(rows$day == d)
        before <- seq(i[1] - 14 * 48, i[1] - 1)
        f <- forecast(Arima(ts(rest[before], frequency = 48), model = a), h = length(i), level = 80)
        middle[i] <- x[i, ] %*% b + f$mean
        deviation[i] <- (f$upper - f$mean) / qnorm(0.9)
    }
    list(log = middle[test], quantiles = normal_quantiles(middle[test], deviation[test]),
         fit_s = fit_s)
}

# A quantile regression for each interval of the day and level.
run_quantreg <- function(train, test) {
    middle <- numeric(nrow(rows))
    quantiles <- matrix(0, nrow(rows), length(levels_wanted))
    kind <- kinds(rows, train)
    is_train <- seq_len(nrow(rows)) %in% train
    year <- harmonics(rows$yearday / 365.25, 2)
    fit_s <- 0
    for (period in unique(rows$period)) {
        i <- which(rows$period == period)
        d <- rows[i, ]
        known <- is_train[i]
        x <- model.matrix(~ kind[i] + year[i, ] + natural(d$temp, known, 5) +
                          natural(d$smooth3h, known, 4) + natural(d$smooth24h, known, 5) +
                          d$log1d + d$log7d + d$loglast + d$logday)
        x <- x[, apply(x[known, ], 2, function(v) any(v != 0))]
        fit_s <- fit_s + seconds(b <- sapply(levels_wanted, function(level)
            rq.fit(x[known, ], d$logload[known], tau = level, method = "br")$coefficients))
        wanted <- i %in% test
        quantiles[i[wanted], ] <- t(apply(x[wanted, ] %*% b, 1, sort))
        middle[i] <- quantiles[i, 10]
    }
    list(log = middle[test], quantiles = quantiles[test, ], fit_s = fit_s)
}

run("bam", run_bam(FALSE))
run("bam-discrete", run_bam(TRUE))
run("harmonic", run_harmonic)
suppressWarnings(run("quantreg", run_quantreg))
