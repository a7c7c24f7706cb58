// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_patterns.h"

const struct alert_patterns alert_patterns_en = {
    .levels = {"normal", "watch", "emergency", "extreme emergency"},
    .simulated = "[SIMULATED]",
    .risen = "Raised to {level}: ",
    .eased = "Eased to {level}: ",
    .over = "Resolved: ",
    .risen_text = "Raised to {level}.",
    .eased_text = "Eased to {level}.",
    .pass = {"{firm}{whole}its capacity", "{firm}{share} of its capacity", "the limit of {limit}",
             "its limit"},
    .versus = {"{above} above the limit", "{below} below the limit", "{level_with}at the limit"},
    .anomaly = {"{warmer} above normal", "{cooler} below normal"},
    .heat = {"weather", "heat", "severe heat", "extreme heat"},
    .entries = {"1 entry", "{count} entries"},
    .causes = {"{hot}[ (up to {temp}[, {anomaly}])][, {heat} more]",
               "the load of the last 4 weeks was {growth} above that of a year before",
               "the load of the last 4 weeks was {times} times that of a year before",
               "{register} more from the register"},
    .limits = {"{firm}{whole}The limit of {limit} is the firm capacity[ from {supply}][, in force "
               "since {limit_day}].",
               "{firm}The limit of {limit} is {share} of the firm capacity[ of {limit_mw}][ from "
               "{supply}][, in force since {limit_day}].",
               "{firm}The limit is {limit}[, from {supply}][, in force since {limit_day}].",
               "The limit of {limit} is {share} of what the rule sets[, {limit_mw}].",
               "The limit of {limit} is set by the rule."},
    .likely = {"{span}[, {hours}]", "about {day}[, {hours}]", "{hours}"},
    .coming_season = "the coming season",
    .titles =
        {
            [CONFIG_ALERT_PEAK] = {"{name} may pass {pass} on {days_short}, {chance} likely",
                                   "{name} may pass {pass} on {days_short}",
                                   "{name} may pass {pass}"},
            [CONFIG_ALERT_SEASON] = {"{name} may pass {pass} in {season}, {chance} likely",
                                     "{name} may pass {pass} in {season}",
                                     "{name} may pass {pass}"},
            [CONFIG_ALERT_LOAD] = {"{name} is over {pass} with {load}", "{name} is over {pass}"},
            [CONFIG_ALERT_READINGS] = {"no readings of {name} since {since}",
                                       "{never}no readings of {name} yet",
                                       "no new readings of {name}"},
            [CONFIG_ALERT_WEATHER] = {"no weather data of {name} since {since}",
                                      "{never}no weather data of {name} yet",
                                      "no new weather data of {name}"},
            [CONFIG_ALERT_SKILL] = {"forecasts of {name} are worse than last week's same hour",
                                    "forecasts of {name} are poor"},
            [CONFIG_ALERT_SINK] = {"nothing could be sent to {name} since {since}",
                                   "nothing can be sent to {name}"},
            [CONFIG_ALERT_REGISTER] =
                {"{name} has {entries} of the register from {day}[, {more} more][, {less} less]",
                 "{name} has {entries} of the register about to begin[, {more} more][, {less} "
                 "less]",
                 "{name} has entries of the register about to begin"},
        },
    .titles_over =
        {
            [CONFIG_ALERT_PEAK] = {"the chance that {name} passes {pass} is down to {chance}",
                                   "{name}"},
            [CONFIG_ALERT_SEASON] =
                {"the chance that {name} passes {pass} in {season} is down to {chance}", "{name}"},
            [CONFIG_ALERT_LOAD] = {"{name} is down to {load}", "{name}"},
            [CONFIG_ALERT_READINGS] = {"{calm}readings of {name} come in again", "{name}"},
            [CONFIG_ALERT_WEATHER] = {"{calm}weather data of {name} come in again", "{name}"},
            [CONFIG_ALERT_SKILL] = {"{calm}forecasts of {name} are good again", "{name}"},
            [CONFIG_ALERT_SINK] = {"{calm}data are sent to {name} again", "{name}"},
            [CONFIG_ALERT_REGISTER] = {"{calm}{name} has no entries about to begin", "{name}"},
        },
    .sentences =
        {
            [CONFIG_ALERT_PEAK] = {"{name} may pass {pass}[ on {days}[, {hours}]][, with a chance "
                                   "of {chance}[{sure} (almost certain)]].",
                                   "{one}The expected peak is {peak}[, {versus}].",
                                   "The worst is {worst}[ (chance {worst_chance})][: the expected "
                                   "peak is {peak}[, {versus}]].",
                                   "{limits}", "Reasons: {causes}.",
                                   "To stay under the limit, shift or shed {shift}[{timed} in "
                                   "these hours] (enough in nine cases of ten)."},
            [CONFIG_ALERT_SEASON] = {"{name} may pass {pass} in {season}[, with a chance of "
                                     "{chance}[{sure} (almost certain)]].",
                                     "The POE10 peak (passed with a chance of 10 %) is {poe10}[, "
                                     "{versus}][; the median is {peak}].",
                                     "The likeliest time is {likely}.", "{limits}",
                                     "Reasons: {causes}.",
                                     "To stay under the limit, shift or shed {shift} at the peak "
                                     "(enough in nine cases of ten)."},
            [CONFIG_ALERT_LOAD] =
                {"{name} is over {pass}[: {load} was measured[ at {at}][, {versus}]].", "{limits}",
                 "Shift or shed {above} now to be under the limit again."},
            [CONFIG_ALERT_READINGS] =
                {"{never}No reading of {name} has come in yet.",
                 "No new readings of {name} have come in since {since}[, for {age}][ (allowed: "
                 "{allowed})].",
                 "{undated}The readings of {name} are too old[, {age}][ (allowed: {allowed})].",
                 "{dated}Forecasts go on from old readings and become less certain.",
                 "Check the meter, the line and what sends the readings.", "Details: {detail}."},
            [CONFIG_ALERT_WEATHER] =
                {"{never}No weather data of {name} have come in yet.",
                 "No new weather data of {name} have come in since {since}[, for {age}][ (allowed: "
                 "{allowed})].",
                 "{undated}The weather data of {name} are too old[, {age}][ (allowed: {allowed})].",
                 "{dated}Forecasts use old weather data and may be far off in heat.",
                 "{never}Forecasts know no weather and may be far off in heat.",
                 "Check the source of weather and the line.", "Details: {detail}."},
            [CONFIG_ALERT_SKILL] = {"Forecasts of {name}[ over the last {score_days}] were worse "
                                    "than last week's same hour[, with errors {error} larger].",
                                    "If this lasts, last week's same hour is forecast instead.",
                                    "Check the latest readings, the weather and the register.",
                                    "Details: {detail}."},
            [CONFIG_ALERT_SINK] = {"Nothing could be sent to {name}[ since {since}][, for {age}][ "
                                   "(allowed: {allowed})].",
                                   "The last error: {detail}.",
                                   "What waits is kept and sent as soon as it can be; until then "
                                   "the receiver has neither new data nor new notices."},
            [CONFIG_ALERT_REGISTER] = {"The register of {name} has {entries} about to begin[, the "
                                       "first on {day}][, {more} more][, {less} less].",
                                       "Note: {detail}.",
                                       "Confirm it, or end what no longer holds."},
        },
    .sentences_over =
        {
            [CONFIG_ALERT_PEAK] = {"The alert for {name} is over[: the chance to pass {pass} in "
                                   "the coming days is down to {chance}].",
                                   "The expected peak is {peak}[, {versus}].", "{limits}"},
            [CONFIG_ALERT_SEASON] =
                {"The alert for {name} is over[: the chance to pass {pass} in {season} is down to "
                 "{chance}].",
                 "The POE10 peak (passed with a chance of 10 %) is {poe10}[, {versus}].",
                 "{limits}"},
            [CONFIG_ALERT_LOAD] =
                {"The alert for {name} is over[: {load} was measured[ at {at}][, {versus}]].",
                 "{limits}"},
            [CONFIG_ALERT_READINGS] =
                {"{calm}Readings of {name} come in again[, the newest of {since}].",
                 "{calm}Forecasts use new readings again."},
            [CONFIG_ALERT_WEATHER] =
                {"{calm}Weather data of {name} come in again[, the newest of {since}].",
                 "{calm}Forecasts use new weather data again."},
            [CONFIG_ALERT_SKILL] = {"{calm}Forecasts of {name} are good again[: errors are "
                                    "{better} smaller than those of last week's same hour]."},
            [CONFIG_ALERT_SINK] = {"{calm}Data are sent to {name} again.",
                                   "{calm}What was kept is being sent."},
            [CONFIG_ALERT_REGISTER] =
                {"{calm}The register of {name} has no entries about to begin."},
        },
    .any = "There is an alert for {name}.",
    .any_over = "The alert for {name} is over.",
    .next = "Next update: {next}.",
};
