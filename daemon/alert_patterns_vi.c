// SPDX-License-Identifier: GPL-3.0-or-later
// Words are those of the trade: "quá tải" is past the whole capacity, so that what is below that
// passes "90 % khả năng cấp"; "tiết giảm" is what a dispatcher asks of customers, short of "sa thải
// phụ tải". Degrees of heat are the weather service's: nắng nóng from 35 °C, gay gắt from 37 °C,
// đặc biệt gay gắt from 39 °C. "Cao hơn 2,5 MW so với giới hạn", as "cao hơn giới hạn 2,5 MW" may
// be read as a limit of 2,5 MW.
#include "daemon/alert_patterns.h"

const struct alert_patterns alert_patterns_vi = {
    .levels = {"bình thường", "cảnh báo", "khẩn cấp", "cực kỳ khẩn cấp"},
    .simulated = "[MÔ PHỎNG]",
    .risen = "Nâng lên {level}: ",
    .eased = "Hạ xuống {level}: ",
    .over = "Hết cảnh báo: ",
    .risen_text = "Nâng lên mức {level}.",
    .eased_text = "Hạ xuống mức {level}.",
    .pass = {"{firm}{whole}quá tải", "{firm}vượt {share} khả năng cấp", "vượt mức {limit}",
             "vượt giới hạn"},
    .versus = {"cao hơn {above} so với giới hạn", "thấp hơn {below} so với giới hạn",
               "{level_with}xấp xỉ giới hạn"},
    .anomaly = {"cao hơn {warmer} so với trung bình nhiều năm",
                "thấp hơn {cooler} so với trung bình nhiều năm"},
    .heat = {"thời tiết", "nắng nóng", "nắng nóng gay gắt", "nắng nóng đặc biệt gay gắt"},
    .entries = {"1 mục", "{count} mục"},
    .causes = {"{hot}[ (cao nhất {temp}[, {anomaly}])][, thêm {heat}]",
               "phụ tải 4 tuần qua tăng {growth} so với cùng kỳ năm trước",
               "phụ tải 4 tuần qua gấp {times} lần cùng kỳ năm trước",
               "thêm {register} theo sổ đăng ký phụ tải"},
    .limits = {"{firm}{whole}Giới hạn {limit} là khả năng cấp điện[ của nguồn {supply}][, áp dụng "
               "từ {limit_day}].",
               "{firm}Giới hạn {limit} bằng {share} khả năng cấp điện[ ({limit_mw})][ của nguồn "
               "{supply}][, áp dụng từ {limit_day}].",
               "{firm}Giới hạn là {limit}[, nguồn {supply}][, áp dụng từ {limit_day}].",
               "Giới hạn {limit} bằng {share} mức[ {limit_mw}] đặt trong quy tắc cảnh báo.",
               "Giới hạn {limit} được đặt trong quy tắc cảnh báo."},
    .likely = {"{span}[, {hours}]", "khoảng {day}[, {hours}]", "{hours}"},
    .coming_season = "mùa tới",
    .titles =
        {
            [CONFIG_ALERT_PEAK] = {"{name} có thể {pass} {days_short}, xác suất {chance}",
                                   "{name} có thể {pass} {days_short}", "{name} có thể {pass}"},
            [CONFIG_ALERT_SEASON] = {"{name} có thể {pass} trong {season}, xác suất {chance}",
                                     "{name} có thể {pass} trong {season}", "{name} có thể {pass}"},
            [CONFIG_ALERT_LOAD] = {"{name} đang {pass}, phụ tải {load}", "{name} đang {pass}"},
            [CONFIG_ALERT_READINGS] = {"mất số liệu đo của {name} từ {since}",
                                       "{never}chưa có số liệu đo của {name}",
                                       "mất số liệu đo của {name}"},
            [CONFIG_ALERT_WEATHER] = {"mất số liệu thời tiết của {name} từ {since}",
                                      "{never}chưa có số liệu thời tiết của {name}",
                                      "mất số liệu thời tiết của {name}"},
            [CONFIG_ALERT_SKILL] =
                {"dự báo của {name} kém chính xác hơn phụ tải cùng giờ tuần trước",
                 "dự báo của {name} kém chính xác"},
            [CONFIG_ALERT_SINK] = {"không gửi được số liệu đến {name} từ {since}",
                                   "không gửi được số liệu đến {name}"},
            [CONFIG_ALERT_REGISTER] =
                {"{name} có {entries} đăng ký bắt đầu {day}[, thêm {more}][, giảm {less}]",
                 "{name} có {entries} đăng ký sắp bắt đầu[, thêm {more}][, giảm {less}]",
                 "{name} có đăng ký phụ tải sắp bắt đầu"},
        },
    .titles_over =
        {
            [CONFIG_ALERT_PEAK] = {"{name}, xác suất {pass} còn {chance}", "{name}"},
            [CONFIG_ALERT_SEASON] = {"{name}, xác suất {pass} trong {season} còn {chance}",
                                     "{name}"},
            [CONFIG_ALERT_LOAD] = {"{name}, phụ tải còn {load}", "{name}"},
            [CONFIG_ALERT_READINGS] = {"{calm}đã có lại số liệu đo của {name}", "{name}"},
            [CONFIG_ALERT_WEATHER] = {"{calm}đã có lại số liệu thời tiết của {name}", "{name}"},
            [CONFIG_ALERT_SKILL] = {"{calm}dự báo của {name} đã chính xác trở lại", "{name}"},
            [CONFIG_ALERT_SINK] = {"{calm}đã gửi lại được số liệu đến {name}", "{name}"},
            [CONFIG_ALERT_REGISTER] = {"{calm}{name} không còn đăng ký nào sắp bắt đầu", "{name}"},
        },
    .sentences =
        {
            [CONFIG_ALERT_PEAK] = {"{name} có thể {pass}[ {days}[, {hours}]][, xác suất "
                                   "{chance}[{sure} (gần như chắc chắn)]].",
                                   "{one}Công suất cực đại dự kiến {peak}[, {versus}].",
                                   "Căng nhất là {worst}[ (xác suất {worst_chance})][: công suất "
                                   "cực đại dự kiến {peak}[, {versus}]].",
                                   "{limits}", "Nguyên nhân: {causes}.",
                                   "Để không vượt giới hạn, cần dịch chuyển hoặc tiết giảm {shift} "
                                   "phụ tải[{timed} trong khung giờ trên] (đủ với xác suất 90 %)."},
            [CONFIG_ALERT_SEASON] = {"{name} có thể {pass} trong {season}[, xác suất "
                                     "{chance}[{sure} (gần như chắc chắn)]].",
                                     "Công suất cực đại POE10 (xác suất bị vượt 10 %) là {poe10}[, "
                                     "{versus}][; trung vị {peak}].",
                                     "Thời gian dễ xảy ra nhất: {likely}.", "{limits}",
                                     "Nguyên nhân: {causes}.",
                                     "Để không vượt giới hạn, cần dịch chuyển hoặc tiết giảm "
                                     "{shift} phụ tải vào giờ đỉnh (đủ với xác suất 90 %)."},
            [CONFIG_ALERT_LOAD] =
                {"{name} đang {pass}[: phụ tải đo được {load}[ lúc {at}][, {versus}]].", "{limits}",
                 "Cần giảm ngay {above} để phụ tải trở lại dưới giới hạn."},
            [CONFIG_ALERT_READINGS] =
                {"{never}Chưa nhận được số liệu đo nào của {name}.",
                 "Không có số liệu đo mới của {name} từ {since}[, đã {age}][ (ngưỡng {allowed})].",
                 "{undated}Số liệu đo của {name} đã quá cũ[, {age}][ (ngưỡng {allowed})].",
                 "{dated}Dự báo vẫn được lập nhưng dùng số liệu cũ, độ chính xác giảm dần.",
                 "Đề nghị kiểm tra công tơ, đường truyền và nguồn gửi số liệu.",
                 "Chi tiết: {detail}."},
            [CONFIG_ALERT_WEATHER] =
                {"{never}Chưa nhận được số liệu thời tiết nào của {name}.",
                 "Không có số liệu thời tiết mới của {name} từ {since}[, đã {age}][ (ngưỡng "
                 "{allowed})].",
                 "{undated}Số liệu thời tiết của {name} đã quá cũ[, {age}][ (ngưỡng {allowed})].",
                 "{dated}Dự báo phụ tải đang dùng số liệu thời tiết cũ, có thể sai lệch lớn khi "
                 "nắng nóng.",
                 "{never}Dự báo phụ tải chưa tính đến thời tiết, có thể sai lệch lớn khi nắng "
                 "nóng.",
                 "Đề nghị kiểm tra nguồn số liệu thời tiết và đường truyền.",
                 "Chi tiết: {detail}."},
            [CONFIG_ALERT_SKILL] =
                {"Dự báo của {name}[ trong {score_days} qua] kém chính xác hơn cách dự báo đơn "
                 "giản (lấy phụ tải cùng giờ tuần trước)[, sai số lớn hơn {error}].",
                 "Nếu tình trạng này kéo dài, hệ thống tự chuyển sang dự báo theo phụ tải cùng giờ "
                 "tuần trước.",
                 "Đề nghị kiểm tra số liệu đo, số liệu thời tiết và sổ đăng ký phụ tải gần đây.",
                 "Chi tiết: {detail}."},
            [CONFIG_ALERT_SINK] =
                {"Không gửi được số liệu đến {name}[ từ {since}][, đã {age}][ (ngưỡng {allowed})].",
                 "Lỗi gần nhất: {detail}.",
                 "Số liệu chưa gửi được giữ trong hàng đợi và tự gửi lại khi kết nối được; trong "
                 "thời gian này nơi nhận không có số liệu và thông báo mới."},
            [CONFIG_ALERT_REGISTER] = {"Sổ đăng ký phụ tải của {name} có {entries} sắp bắt đầu[, "
                                       "sớm nhất {day}][, thêm {more}][, giảm {less}].",
                                       "Ghi chú: {detail}.",
                                       "Đề nghị xác nhận, hoặc kết thúc mục nào không còn đúng."},
        },
    .sentences_over =
        {
            [CONFIG_ALERT_PEAK] = {"Đã hết cảnh báo đối với {name}[: xác suất {pass} trong những "
                                   "ngày tới còn {chance}].",
                                   "Công suất cực đại dự kiến {peak}[, {versus}].", "{limits}"},
            [CONFIG_ALERT_SEASON] =
                {"Đã hết cảnh báo đối với {name}[: xác suất {pass} trong {season} còn {chance}].",
                 "Công suất cực đại POE10 (xác suất bị vượt 10 %) là {poe10}[, {versus}].",
                 "{limits}"},
            [CONFIG_ALERT_LOAD] =
                {"Đã hết cảnh báo đối với {name}[: phụ tải đo được {load}[ lúc {at}][, {versus}]].",
                 "{limits}"},
            [CONFIG_ALERT_READINGS] =
                {"{calm}Đã nhận lại được số liệu đo của {name}[, mới nhất lúc {since}].",
                 "{calm}Từ nay dự báo dùng số liệu mới."},
            [CONFIG_ALERT_WEATHER] =
                {"{calm}Đã nhận lại được số liệu thời tiết của {name}[, mới nhất lúc {since}].",
                 "{calm}Từ nay dự báo phụ tải dùng số liệu thời tiết mới."},
            [CONFIG_ALERT_SKILL] =
                {"{calm}Dự báo của {name} đã chính xác trở lại[: sai số nhỏ hơn {better} so với "
                 "cách dự báo đơn giản (lấy phụ tải cùng giờ tuần trước)]."},
            [CONFIG_ALERT_SINK] = {"{calm}Đã gửi lại được số liệu đến {name}.",
                                   "{calm}Số liệu giữ trong hàng đợi đang được gửi bù."},
            [CONFIG_ALERT_REGISTER] =
                {"{calm}Sổ đăng ký phụ tải của {name} không còn mục nào sắp bắt đầu."},
        },
    .any = "Có cảnh báo đối với {name}.",
    .any_over = "Đã hết cảnh báo đối với {name}.",
    .next = "Cập nhật tiếp theo: {next}.",
};
