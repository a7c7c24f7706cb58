# SPDX-License-Identifier: GPL-3.0-or-later
# The density of a summer's highest load after Hyndman and Fan, "Density forecasting for long-term
# peak electricity demand", IEEE Trans. Power Systems 25(2), 1142-1153, 2010, as a peer of our own
# season: season's level and half-hourly shape apart, weather by a double seasonal block bootstrap,
# residuals in blocks of 35 days, industry apart. A season is October to March without 29 February.
# Two departures: no economic drivers are at hand, so a level is a random walk with drift, that of
# sa_other moved by the cooling degree days; and the simulated industry is added to the load.
# usage: Rscript bench_season_hf.R LOAD.csv WEATHER.csv HOLIDAYS.csv FIRST LAST N SEED; files may be
# gzipped. Summer s begins on s-10-01 and sees nothing later than that of load and weather. Prints
# season,poe,peak of sa_other + sa_industrial in MW; to stderr the processor's seconds.
library(splines)
args <- commandArgs(trailingOnly = TRUE)
if (length(args) != 7) stop("usage: bench_season_hf.R LOAD WEATHER HOLIDAYS FIRST LAST N SEED")
wanted <- as.integer(args[4]):as.integer(args[5])
simulations <- as.integer(args[6])
seed <- as.integer(args[7])
per_day <- 48
days <- 182
warm_up <- 3 # days at a season's start whose lags would need the missing September
leap_march <- 151 + 1:3 # days whose lags would need a missing 29 February
batch <- 50 # simulated seasons held in memory at once
poe <- seq(0.99, 0.01, by = -0.01)

# Of the processor: what else runs on the machine must not count.
seconds <- function(expression) sum(system.time(expression, gcFirst = FALSE)[1:2])

season_dates <- function(s) {
    dates <- seq(as.Date(sprintf("%d-10-01", s)), as.Date(sprintf("%d-03-31", s + 1)), by = 1)
    dates[format(dates, "%m-%d") != "02-29"]
}

# One matrix, rows = half hours of a season, columns = seasons; NA where the file has no row.
by_season <- function(time, value, seasons) {
    starts <- unlist(lapply(seasons, function(s) format(season_dates(s))))
    clock <- sprintf("T%02d:%02d", rep(0:23, each = 2), c(0, 30))
    slots <- paste0(rep(starts, each = per_day), clock)
    matrix(value[match(slots, time)], nrow = days * per_day, dimnames = list(NULL, seasons))
}

read_all <- function() {
    load <- read.csv(gzfile(args[1]))
    weather <- read.csv(gzfile(args[2]))
    seasons <- (as.integer(substr(min(load$time), 1, 4)) - 1):max(wanted - 1)
    zone <- function(z) {
        by_season(load$time[load$zone == z], load$load[load$zone == z], seasons)
    }
    station <- function(w) {
        by_season(weather$time[weather$station == w], weather$temp_c[weather$station == w], seasons)
    }
    all <- list(other = zone("sa_other"), industry = zone("sa_industrial"),
                t1 = station("t1"), t2 = station("t2"))
    whole <- colMeans(is.na(all$other)) < 0.1 & !is.na(colSums(all$industry + all$t1 + all$t2))
    lapply(all, function(m) m[, whole, drop = FALSE])
}

back <- function(x, k) rbind(matrix(NA, k, ncol(x)), x[seq_len(nrow(x) - k), , drop = FALSE])

# Extreme of the last 24 h by doubling the window: 1, 2, 4 .. 32, then 16 + 32.
last_day <- function(x, extreme) {
    for (k in c(1, 2, 4, 8)) x <- extreme(x, back(x, k))
    extreme(extreme(x, back(x, 16)), back(x, 32))
}

mean_last_day <- function(x) filter(x, rep(1 / per_day, per_day), sides = 1)

# Every column of a season sees its own past only.
weather_terms <- function(t1, t2) {
    temp <- (t1 + t2) / 2
    dtemp <- t1 - t2
    terms <- list(temp = temp, dtemp = dtemp, avetemp = mean_last_day(temp),
                  lastmin = last_day(temp, pmin), day1dtemp = back(dtemp, per_day))
    for (k in 1:4) terms[[paste0("prevtemp", k)]] <- back(temp, k)
    for (k in 1:3) terms[[paste0("prevdtemp", k)]] <- back(dtemp, k)
    for (k in 1:3) terms[[paste0("day", k, "temp")]] <- back(temp, k * per_day)
    terms
}

calendar_terms <- function(s, holidays) {
    dates <- season_dates(s)
    kind <- ifelse(dates %in% holidays, "holiday", ifelse((dates + 1) %in% holidays, "before",
                   ifelse((dates - 1) %in% holidays, "after", "normal")))
    data.frame(day = factor(as.POSIXlt(dates)$wday, 0:6),
               holiday = factor(kind, c("normal", "before", "holiday", "after")),
               timeofyear = seq_len(days))
}

shape_formula <- log_shape ~ ns(temp, 2) + day + holiday + ns(timeofyear, 9) + ns(avetemp, 3) +
    ns(dtemp, 3) + ns(lastmin, 3) + ns(prevtemp1, 2) + ns(prevtemp2, 2) + ns(prevtemp3, 2) +
    ns(prevtemp4, 2) + ns(day1temp, 2) + ns(day2temp, 2) + ns(day3temp, 2) + ns(prevdtemp1, 3) +
    ns(prevdtemp2, 3) + ns(prevdtemp3, 3) + ns(day1dtemp, 3)

# Rows of half hour p after the warm-up, season by season.
rows_at <- function(p, terms, calendars) {
    at <- seq(warm_up * per_day + p, days * per_day, by = per_day)
    calendar <- do.call(rbind, lapply(calendars, function(c) c[(warm_up + 1):days, ]))
    data.frame(lapply(terms, function(m) as.vector(m[at, ])), calendar)
}

cooling <- function(t1, t2) {
    daily <- colMeans(array((t1 + t2) / 2, c(per_day, days, ncol(t1))))
    colSums(pmax(daily - 18.5, 0))
}

# lm of a season's step on that of the degree days (NULL: drift alone) and where it starts from.
fit_level <- function(level, degree_days) {
    step <- diff(level)
    if (is.null(degree_days)) return(list(fit = lm(step ~ 1), last = tail(level, 1)))
    warmer <- diff(degree_days)
    list(fit = lm(step ~ warmer), last = tail(level, 1), last_days = tail(degree_days, 1))
}

draw_level <- function(model, n, degree_days) {
    newdata <- data.frame(warmer = if (is.null(degree_days)) rep(0, n)
                                   else degree_days - model$last_days)
    p <- predict(model$fit, newdata, se.fit = TRUE)
    model$last + rnorm(n, p$fit, sqrt(p$se.fit^2 + p$residual.scale^2))
}

# Medians of 35 days (rows = blocks, columns = seasons) and what is left, a column a block.
fit_residuals <- function(residual) {
    length <- 35 * per_day
    first <- warm_up * per_day
    blocks <- (nrow(residual) - first) %/% length
    pieces <- matrix(residual[first + seq_len(blocks * length), ], nrow = length)
    medians <- apply(pieces, 2, median, na.rm = TRUE)
    left <- sweep(pieces, 2, medians)
    left[is.na(left)] <- 0
    medians <- matrix(medians, nrow = blocks)
    middle <- mean(medians)
    now <- as.vector(medians[-1, ] - middle)
    before <- as.vector(medians[-blocks, ] - middle)
    phi <- sum(now * before) / sum(before^2)
    list(left = left, middle = middle, phi = phi, sd = sd(now - phi * before))
}

draw_residuals <- function(model, n) {
    rows <- (days - warm_up) * per_day
    blocks <- ceiling(rows / nrow(model$left))
    sapply(seq_len(n), function(i) {
        shocks <- rnorm(20 + blocks, 0, model$sd)
        medians <- model$middle + tail(filter(shocks, model$phi, method = "recursive"), blocks)
        drawn <- model$left[, sample.int(ncol(model$left), blocks, replace = TRUE)]
        (drawn + rep(medians, each = nrow(drawn)))[seq_len(rows)]
    })
}

# Lengths of blocks that fill a season: uniform in mean -+ spread, the last one cut short.
block_lengths <- function(mean, spread) {
    lengths <- mean + sample(-spread:spread, ceiling(days / (mean - spread)), replace = TRUE)
    ends <- pmin(cumsum(lengths), days)
    diff(c(0, unique(ends)))
}

# Calls copy(rows to fill, rows to copy, season) for each block of one simulated season.
each_block <- function(seasons, mean, spread, copy) {
    lengths <- block_lengths(mean, spread)
    start <- 0
    for (i in seq_along(lengths)) {
        from <- if (i == 1) 0 else -spread
        to <- if (i == length(lengths)) 0 else spread
        shift <- (from:to)[sample.int(to - from + 1, 1)]
        source <- min(max(start + shift, 0), days - lengths[i])
        rows <- seq_len(lengths[i] * per_day)
        copy(start * per_day + rows, source * per_day + rows, sample.int(seasons, 1))
        start <- start + lengths[i]
    }
}

draw_weather <- function(t1, t2, n) {
    sim1 <- sim2 <- matrix(NA, nrow(t1), n)
    for (i in seq_len(n)) {
        each_block(ncol(t1), 20, 5, function(to, from, season) {
            hottest <- max(t1[from, season], t2[from, season])
            noise <- 0.4 * max(hottest - 42, 0) * rnorm(1) + rnorm(1, 0, 0.2)
            sim1[to, i] <<- t1[from, season] + noise
            sim2[to, i] <<- t2[from, season] + noise
        })
    }
    list(t1 = sim1, t2 = sim2)
}

draw_industry <- function(shape, n) {
    sim <- matrix(NA, nrow(shape), n)
    for (i in seq_len(n)) {
        each_block(ncol(shape), 20, 0, function(to, from, season) {
            sim[to, i] <<- shape[from, season]
        })
    }
    sim
}

leap <- function(year) year %% 4 == 0 & (year %% 100 != 0 | year %% 400 == 0)

fit_season <- function(past, holidays) {
    seasons <- as.integer(colnames(past$other))
    level <- colMeans(past$other, na.rm = TRUE)
    industry_level <- colMeans(past$industry)
    log_shape <- log(sweep(past$other, 2, level, "/"))
    log_shape[rep(seq_len(days) %in% leap_march, each = per_day), leap(seasons + 1)] <- NA
    # Temperatures beside a missing load are fillers, not to be a lag of anything.
    measured <- past$other * 0
    terms <- weather_terms(past$t1 + measured, past$t2 + measured)
    terms$log_shape <- log_shape
    calendars <- lapply(seasons, calendar_terms, holidays)
    residual <- log_shape * NA
    shape <- lapply(seq_len(per_day), function(p) {
        fit <- lm(shape_formula, rows_at(p, terms, calendars), na.action = na.exclude)
        residual[seq(warm_up * per_day + p, nrow(residual), by = per_day), ] <<- resid(fit)
        fit
    })
    list(shape = shape, residual = fit_residuals(residual),
         level = fit_level(level, cooling(past$t1, past$t2)),
         industry_level = fit_level(industry_level, NULL),
         industry = sweep(past$industry, 2, industry_level, "/"))
}

simulate_shape <- function(shape, weather, calendar, n) {
    terms <- weather_terms(weather$t1, weather$t2)
    calendars <- rep(list(calendar), n)
    log_shape <- array(NA, c(per_day, days - warm_up, n))
    for (p in seq_len(per_day)) {
        # Where half hours are interpolated from hours, some lags are sums of others: lm drops
        # those, and predict warns of it.
        rows <- rows_at(p, terms, calendars)
        log_shape[p, , ] <- suppressWarnings(predict(shape[[p]], rows))
    }
    matrix(log_shape, ncol = n)
}

simulate_peaks <- function(model, past, calendar, n) {
    weather <- draw_weather(past$t1, past$t2, n)
    log_load <- simulate_shape(model$shape, weather, calendar, n) +
        draw_residuals(model$residual, n)
    level <- draw_level(model$level, n, cooling(weather$t1, weather$t2))
    industry <- draw_industry(model$industry, n)[-seq_len(warm_up * per_day), , drop = FALSE]
    total <- sweep(exp(log_load), 2, level, "*") +
        sweep(industry, 2, draw_level(model$industry_level, n, NULL), "*")
    apply(total, 2, max)
}

known <- read_all()
holidays <- as.Date(read.csv(gzfile(args[3]))$date)
cat("season,poe,peak\n")
for (s in wanted) {
    past <- lapply(known, function(m) m[, as.integer(colnames(m)) < s, drop = FALSE])
    if (!all((s - 5):(s - 1) %in% colnames(past$other))) {
        stop(sprintf("summer %d: the five before it must be whole in load and weather", s))
    }
    set.seed(seed + s)
    fit_s <- seconds(model <- fit_season(past, holidays))
    sizes <- diff(unique(c(seq(0, simulations, by = batch), simulations)))
    calendar <- calendar_terms(s, holidays)
    draw_s <- seconds(peaks <- unlist(lapply(sizes, function(n) {
        simulate_peaks(model, past, calendar, n)
    })))
    peak <- quantile(peaks, 1 - poe, type = 7)
    cat(sprintf("%d,%.2f,%.1f\n", s, poe, peak), sep = "")
    message(sprintf("season %d: fit %.2f s, simulate %d in %.2f s", s, fit_s, simulations, draw_s))
}
