// SPDX-License-Identifier: GPL-3.0-or-later
#include "alert_gallery.h"

#include "alert_samples.h"

const struct alert_gallery_piece alert_gallery[] = {
    {"peak, one day",
     alert_samples_peak,
     ALERT_EMERGENCY,
     ALERT_FIRED,
     false,
     {"Khẩn cấp: KCN Yên Lư có thể quá tải thứ Năm 06/06, xác suất 80 %",
      "Emergency: Yên Lư may pass its capacity on Thu 6 June, 80 % likely"},
     {"KCN Yên Lư có thể quá tải thứ Năm 06/06, 13–16 giờ, xác suất 80 %. Công suất cực đại dự "
      "kiến 27,5 MW, cao hơn 2,5 MW so với giới hạn. Giới hạn 25 MW là khả năng cấp điện của nguồn "
      "35 kV E7.12 + E7.19, áp dụng từ 23/02/2021. Nguyên nhân: nắng nóng gay gắt (cao nhất 38 °C, "
      "cao hơn 3 °C so với trung bình nhiều năm), thêm 6 MW; phụ tải 4 tuần qua tăng 12 % so với "
      "cùng kỳ năm trước; thêm 2,5 MW theo sổ đăng ký phụ tải. Để không vượt giới hạn, cần dịch "
      "chuyển hoặc tiết giảm 4,5 MW phụ tải trong khung giờ trên (đủ với xác suất 90 %). Cập nhật "
      "tiếp theo: 14 giờ 30 ngày 05/06.",
      "Yên Lư may pass its capacity on Thu 6 June, 13:00–16:00, with a chance of 80 %. The "
      "expected peak is 27.5 MW, 2.5 MW above the limit. The limit of 25 MW is the firm capacity "
      "from 35 kV E7.12 + E7.19, in force since 23 February 2021. Reasons: severe heat (up to 38 "
      "°C, 3 °C above normal), 6 MW more; the load of the last 4 weeks was 12 % above that of a "
      "year before; 2.5 MW more from the register. To stay under the limit, shift or shed 4.5 MW "
      "in these hours (enough in nine cases of ten). Next update: 14:30 on 5 June."}},
    {"peak, three days",
     alert_samples_watched_peak,
     ALERT_WATCH,
     ALERT_FIRED,
     false,
     {"Cảnh báo: KCN Yên Lư có thể vượt 90 % khả năng cấp từ thứ Tư đến thứ Sáu 05–07/06, xác suất "
      "97 %",
      "Watch: Yên Lư may pass 90 % of its capacity on 5–7 June (Wed to Fri), 97 % likely"},
     {"KCN Yên Lư có thể vượt 90 % khả năng cấp từ thứ Tư đến thứ Sáu 05–07/06, 13–16 giờ, xác "
      "suất 97 % (gần như chắc chắn). Căng nhất là thứ Năm 06/06 (xác suất 84 %): công suất cực "
      "đại dự kiến 27,5 MW, cao hơn 5 MW so với giới hạn. Giới hạn 22,5 MW bằng 90 % khả năng cấp "
      "điện (25 MW) của nguồn 35 kV E7.12 + E7.19, áp dụng từ 23/02/2021. Nguyên nhân: phụ tải 4 "
      "tuần qua gấp 2,5 lần cùng kỳ năm trước; thêm 12 MW theo sổ đăng ký phụ tải. Để không vượt "
      "giới hạn, cần dịch chuyển hoặc tiết giảm 4,5 MW phụ tải trong khung giờ trên (đủ với xác "
      "suất 90 %). Cập nhật tiếp theo: 14 giờ 30 ngày 05/06.",
      "Yên Lư may pass 90 % of its capacity on 5–7 June (Wed to Fri), 13:00–16:00, with a chance "
      "of 97 % (almost certain). The worst is Thu 6 June (chance 84 %): the expected peak is 27.5 "
      "MW, 5 MW above the limit. The limit of 22.5 MW is 90 % of the firm capacity of 25 MW from "
      "35 kV E7.12 + E7.19, in force since 23 February 2021. Reasons: the load of the last 4 weeks "
      "was 2.5 times that of a year before; 12 MW more from the register. To stay under the limit, "
      "shift or shed 4.5 MW in these hours (enough in nine cases of ten). Next update: 14:30 on 5 "
      "June."}},
    {"peak, across a month's end, against a limit of the rule's own",
     alert_samples_given_peak,
     ALERT_EXTREME,
     ALERT_WORSE,
     false,
     {"Nâng lên cực kỳ khẩn cấp: KCN Hòa Phú mở rộng (giai đoạn 1) có thể vượt mức 132 MW các ngày "
      "28/05–01/06 và 04/06",
      "Raised to extreme emergency: Hòa Phú mở rộng (giai đoạn 1) may pass the limit of 132 MW on "
      "28 May – 1 June and 4 June"},
     {"Nâng lên mức cực kỳ khẩn cấp. KCN Hòa Phú mở rộng (giai đoạn 1) có thể vượt mức 132 MW các "
      "ngày 28/05–01/06 và 04/06, 13–16 giờ, xác suất 45 %. Căng nhất là thứ Ba 04/06 (xác suất 30 "
      "%): công suất cực đại dự kiến 131 MW, thấp hơn 0,8 MW so với giới hạn. Giới hạn 132 MW bằng "
      "110 % mức 120 MW đặt trong quy tắc cảnh báo. Nguyên nhân: nắng nóng đặc biệt gay gắt (cao "
      "nhất 39,4 °C). Để không vượt giới hạn, cần dịch chuyển hoặc tiết giảm 4,5 MW phụ tải trong "
      "khung giờ trên (đủ với xác suất 90 %). Cập nhật tiếp theo: 14 giờ 30 ngày 05/06.",
      "Raised to extreme emergency. Hòa Phú mở rộng (giai đoạn 1) may pass the limit of 132 MW on "
      "28 May – 1 June and 4 June, 13:00–16:00, with a chance of 45 %. The worst is Tue 4 June "
      "(chance 30 %): the expected peak is 131 MW, 0.8 MW below the limit. The limit of 132 MW is "
      "110 % of what the rule sets, 120 MW. Reasons: extreme heat (up to 39.4 °C). To stay under "
      "the limit, shift or shed 4.5 MW in these hours (enough in nine cases of ten). Next update: "
      "14:30 on 5 June."}},
    {"peak, simulated, eased",
     alert_samples_peak,
     ALERT_WATCH,
     ALERT_EASED,
     true,
     {"[MÔ PHỎNG] Hạ xuống cảnh báo: KCN Yên Lư có thể quá tải thứ Năm 06/06, xác suất 80 %",
      "[SIMULATED] Eased to watch: Yên Lư may pass its capacity on Thu 6 June, 80 % likely"},
     {"[MÔ PHỎNG] Hạ xuống mức cảnh báo. KCN Yên Lư có thể quá tải thứ Năm 06/06, 13–16 giờ, xác "
      "suất 80 %. Công suất cực đại dự kiến 27,5 MW, cao hơn 2,5 MW so với giới hạn. Giới hạn 25 "
      "MW là khả năng cấp điện của nguồn 35 kV E7.12 + E7.19, áp dụng từ 23/02/2021. Nguyên nhân: "
      "nắng nóng gay gắt (cao nhất 38 °C, cao hơn 3 °C so với trung bình nhiều năm), thêm 6 MW; "
      "phụ tải 4 tuần qua tăng 12 % so với cùng kỳ năm trước; thêm 2,5 MW theo sổ đăng ký phụ tải. "
      "Để không vượt giới hạn, cần dịch chuyển hoặc tiết giảm 4,5 MW phụ tải trong khung giờ trên "
      "(đủ với xác suất 90 %). Cập nhật tiếp theo: 14 giờ 30 ngày 05/06.",
      "[SIMULATED] Eased to watch. Yên Lư may pass its capacity on Thu 6 June, 13:00–16:00, with a "
      "chance of 80 %. The expected peak is 27.5 MW, 2.5 MW above the limit. The limit of 25 MW is "
      "the firm capacity from 35 kV E7.12 + E7.19, in force since 23 February 2021. Reasons: "
      "severe heat (up to 38 °C, 3 °C above normal), 6 MW more; the load of the last 4 weeks was "
      "12 % above that of a year before; 2.5 MW more from the register. To stay under the limit, "
      "shift or shed 4.5 MW in these hours (enough in nine cases of ten). Next update: 14:30 on 5 "
      "June."}},
    {"peak, resolved",
     alert_samples_calm_peak,
     ALERT_EMERGENCY,
     ALERT_RESOLVED,
     false,
     {"Hết cảnh báo: KCN Yên Lư, xác suất quá tải còn dưới 1 %",
      "Resolved: the chance that Yên Lư passes its capacity is down to less than 1 %"},
     {"Đã hết cảnh báo đối với KCN Yên Lư: xác suất quá tải trong những ngày tới còn dưới 1 %. "
      "Công suất cực đại dự kiến 19 MW, thấp hơn 6 MW so với giới hạn. Giới hạn 25 MW là khả năng "
      "cấp điện của nguồn 35 kV E7.12 + E7.19, áp dụng từ 23/02/2021. Cập nhật tiếp theo: 14 giờ "
      "30 ngày 05/06.",
      "The alert for Yên Lư is over: the chance to pass its capacity in the coming days is down to "
      "less than 1 %. The expected peak is 19 MW, 6 MW below the limit. The limit of 25 MW is the "
      "firm capacity from 35 kV E7.12 + E7.19, in force since 23 February 2021. Next update: 14:30 "
      "on 5 June."}},
    {"peak, of which nothing is known",
     alert_samples_no_peak,
     ALERT_EMERGENCY,
     ALERT_FIRED,
     false,
     {"Khẩn cấp: KCN Yên Lư có thể vượt giới hạn", "Emergency: Yên Lư may pass its limit"},
     {"KCN Yên Lư có thể vượt giới hạn.", "Yên Lư may pass its limit."}},
    {"season",
     alert_samples_season,
     ALERT_EMERGENCY,
     ALERT_FIRED,
     false,
     {"Khẩn cấp: KCN Yên Lư có thể quá tải trong mùa hè 2024, xác suất 45 %",
      "Emergency: Yên Lư may pass its capacity in the summer of 2024, 45 % likely"},
     {"KCN Yên Lư có thể quá tải trong mùa hè 2024, xác suất 45 %. Công suất cực đại POE10 (xác "
      "suất bị vượt 10 %) là 28,2 MW, cao hơn 3,2 MW so với giới hạn; trung vị 24,6 MW. Thời gian "
      "dễ xảy ra nhất: 03–28/06, 13–15 giờ. Giới hạn 25 MW là khả năng cấp điện của nguồn 35 kV "
      "E7.12 + E7.19, áp dụng từ 23/02/2021. Nguyên nhân: phụ tải 4 tuần qua tăng 18 % so với cùng "
      "kỳ năm trước. Để không vượt giới hạn, cần dịch chuyển hoặc tiết giảm 3,2 MW phụ tải vào giờ "
      "đỉnh (đủ với xác suất 90 %). Cập nhật tiếp theo: 6 giờ ngày 12/06.",
      "Yên Lư may pass its capacity in the summer of 2024, with a chance of 45 %. The POE10 peak "
      "(passed with a chance of 10 %) is 28.2 MW, 3.2 MW above the limit; the median is 24.6 MW. "
      "The likeliest time is 3–28 June, 13:00–15:00. The limit of 25 MW is the firm capacity from "
      "35 kV E7.12 + E7.19, in force since 23 February 2021. Reasons: the load of the last 4 weeks "
      "was 18 % above that of a year before. To stay under the limit, shift or shed 3.2 MW at the "
      "peak (enough in nine cases of ten). Next update: 6:00 on 12 June."}},
    {"season, resolved",
     alert_samples_calm_season,
     ALERT_EMERGENCY,
     ALERT_RESOLVED,
     false,
     {"Hết cảnh báo: KCN Yên Lư, xác suất quá tải trong mùa hè 2024 còn 6 %",
      "Resolved: the chance that Yên Lư passes its capacity in the summer of 2024 is down to 6 %"},
     {"Đã hết cảnh báo đối với KCN Yên Lư: xác suất quá tải trong mùa hè 2024 còn 6 %. Công suất "
      "cực đại POE10 (xác suất bị vượt 10 %) là 24,4 MW, thấp hơn 0,6 MW so với giới hạn. Giới hạn "
      "25 MW là khả năng cấp điện của nguồn 35 kV E7.12 + E7.19, áp dụng từ 23/02/2021. Cập nhật "
      "tiếp theo: 6 giờ ngày 12/06.",
      "The alert for Yên Lư is over: the chance to pass its capacity in the summer of 2024 is down "
      "to 6 %. The POE10 peak (passed with a chance of 10 %) is 24.4 MW, 0.6 MW below the limit. "
      "The limit of 25 MW is the firm capacity from 35 kV E7.12 + E7.19, in force since 23 "
      "February 2021. Next update: 6:00 on 12 June."}},
    {"load",
     alert_samples_load,
     ALERT_EMERGENCY,
     ALERT_FIRED,
     false,
     {"Khẩn cấp: Bắc Giang đang quá tải, phụ tải 1166 MW",
      "Emergency: Bắc Giang is over its capacity with 1166 MW"},
     {"Bắc Giang đang quá tải: phụ tải đo được 1166 MW lúc 13 giờ 30 ngày 05/06, cao hơn 16 MW so "
      "với giới hạn. Giới hạn 1150 MW là khả năng cấp điện, áp dụng từ 23/02/2021. Cần giảm ngay "
      "16 MW để phụ tải trở lại dưới giới hạn.",
      "Bắc Giang is over its capacity: 1166 MW was measured at 13:30 on 5 June, 16 MW above the "
      "limit. The limit of 1150 MW is the firm capacity, in force since 23 February 2021. Shift or "
      "shed 16 MW now to be under the limit again."}},
    {"load, resolved",
     alert_samples_calm_load,
     ALERT_EMERGENCY,
     ALERT_RESOLVED,
     false,
     {"Hết cảnh báo: Bắc Giang, phụ tải còn 1020 MW", "Resolved: Bắc Giang is down to 1020 MW"},
     {"Đã hết cảnh báo đối với Bắc Giang: phụ tải đo được 1020 MW lúc 13 giờ 30 ngày 05/06, thấp "
      "hơn 130 MW so với giới hạn. Giới hạn 1150 MW là khả năng cấp điện, áp dụng từ 23/02/2021.",
      "The alert for Bắc Giang is over: 1020 MW was measured at 13:30 on 5 June, 130 MW below the "
      "limit. The limit of 1150 MW is the firm capacity, in force since 23 February 2021."}},
    {"readings",
     alert_samples_readings,
     ALERT_WATCH,
     ALERT_FIRED,
     false,
     {"Cảnh báo: mất số liệu đo của KCN Yên Lư từ 10 giờ 30 ngày 05/06",
      "Watch: no readings of Yên Lư since 10:30 on 5 June"},
     {"Không có số liệu đo mới của KCN Yên Lư từ 10 giờ 30 ngày 05/06, đã 3 giờ 30 phút (ngưỡng 2 "
      "giờ). Dự báo vẫn được lập nhưng dùng số liệu cũ, độ chính xác giảm dần. Đề nghị kiểm tra "
      "công tơ, đường truyền và nguồn gửi số liệu. Cập nhật tiếp theo: 14 giờ 30 ngày 05/06.",
      "No new readings of Yên Lư have come in since 10:30 on 5 June, for 3 h 30 min (allowed: 2 "
      "h). Forecasts go on from old readings and become less certain. Check the meter, the line "
      "and what sends the readings. Next update: 14:30 on 5 June."}},
    {"readings, worse",
     alert_samples_readings,
     ALERT_EMERGENCY,
     ALERT_WORSE,
     false,
     {"Nâng lên khẩn cấp: mất số liệu đo của KCN Yên Lư từ 10 giờ 30 ngày 05/06",
      "Raised to emergency: no readings of Yên Lư since 10:30 on 5 June"},
     {"Nâng lên mức khẩn cấp. Không có số liệu đo mới của KCN Yên Lư từ 10 giờ 30 ngày 05/06, đã 3 "
      "giờ 30 phút (ngưỡng 2 giờ). Dự báo vẫn được lập nhưng dùng số liệu cũ, độ chính xác giảm "
      "dần. Đề nghị kiểm tra công tơ, đường truyền và nguồn gửi số liệu. Cập nhật tiếp theo: 14 "
      "giờ 30 ngày 05/06.",
      "Raised to emergency. No new readings of Yên Lư have come in since 10:30 on 5 June, for 3 h "
      "30 min (allowed: 2 h). Forecasts go on from old readings and become less certain. Check the "
      "meter, the line and what sends the readings. Next update: 14:30 on 5 June."}},
    {"readings, none ever",
     alert_samples_no_readings,
     ALERT_WATCH,
     ALERT_FIRED,
     false,
     {"Cảnh báo: chưa có số liệu đo của KCN Yên Lư", "Watch: no readings of Yên Lư yet"},
     {"Chưa nhận được số liệu đo nào của KCN Yên Lư. Đề nghị kiểm tra công tơ, đường truyền và "
      "nguồn gửi số liệu. Cập nhật tiếp theo: 14 giờ 30 ngày 05/06.",
      "No reading of Yên Lư has come in yet. Check the meter, the line and what sends the "
      "readings. Next update: 14:30 on 5 June."}},
    {"readings, resolved",
     alert_samples_calm_readings,
     ALERT_WATCH,
     ALERT_RESOLVED,
     false,
     {"Hết cảnh báo: đã có lại số liệu đo của KCN Yên Lư",
      "Resolved: readings of Yên Lư come in again"},
     {"Đã nhận lại được số liệu đo của KCN Yên Lư, mới nhất lúc 14 giờ ngày 05/06. Từ nay dự báo "
      "dùng số liệu mới. Cập nhật tiếp theo: 14 giờ 30 ngày 05/06.",
      "Readings of Yên Lư come in again, the newest of 14:00 on 5 June. Forecasts use new readings "
      "again. Next update: 14:30 on 5 June."}},
    {"weather",
     alert_samples_weather,
     ALERT_WATCH,
     ALERT_FIRED,
     false,
     {"Cảnh báo: mất số liệu thời tiết của trạm Láng từ 9 giờ ngày 04/06",
      "Watch: no weather data of trạm Láng since 9:00 on 4 June"},
     {"Không có số liệu thời tiết mới của trạm Láng từ 9 giờ ngày 04/06, đã 1 ngày 5 giờ (ngưỡng 1 "
      "ngày). Dự báo phụ tải đang dùng số liệu thời tiết cũ, có thể sai lệch lớn khi nắng nóng. Đề "
      "nghị kiểm tra nguồn số liệu thời tiết và đường truyền. Cập nhật tiếp theo: 14 giờ 30 ngày "
      "05/06.",
      "No new weather data of trạm Láng have come in since 9:00 on 4 June, for 1 day 5 h (allowed: "
      "1 day). Forecasts use old weather data and may be far off in heat. Check the source of "
      "weather and the line. Next update: 14:30 on 5 June."}},
    {"weather, resolved",
     alert_samples_calm_weather,
     ALERT_WATCH,
     ALERT_RESOLVED,
     false,
     {"Hết cảnh báo: đã có lại số liệu thời tiết của trạm Láng",
      "Resolved: weather data of trạm Láng come in again"},
     {"Đã nhận lại được số liệu thời tiết của trạm Láng, mới nhất lúc 9 giờ ngày 04/06. Từ nay dự "
      "báo phụ tải dùng số liệu thời tiết mới. Cập nhật tiếp theo: 14 giờ 30 ngày 05/06.",
      "Weather data of trạm Láng come in again, the newest of 9:00 on 4 June. Forecasts use new "
      "weather data again. Next update: 14:30 on 5 June."}},
    {"skill",
     alert_samples_skill,
     ALERT_WATCH,
     ALERT_FIRED,
     false,
     {"Cảnh báo: dự báo của KCN Yên Lư kém chính xác hơn phụ tải cùng giờ tuần trước",
      "Watch: forecasts of Yên Lư are worse than last week's same hour"},
     {"Dự báo của KCN Yên Lư trong 14 ngày qua kém chính xác hơn cách dự báo đơn giản (lấy phụ tải "
      "cùng giờ tuần trước), sai số lớn hơn 14 %. Nếu tình trạng này kéo dài, hệ thống tự chuyển "
      "sang dự báo theo phụ tải cùng giờ tuần trước. Đề nghị kiểm tra số liệu đo, số liệu thời "
      "tiết và sổ đăng ký phụ tải gần đây. Cập nhật tiếp theo: 2 giờ ngày 06/06.",
      "Forecasts of Yên Lư over the last 14 days were worse than last week's same hour, with "
      "errors 14 % larger. If this lasts, last week's same hour is forecast instead. Check the "
      "latest readings, the weather and the register. Next update: 2:00 on 6 June."}},
    {"skill, resolved",
     alert_samples_calm_skill,
     ALERT_WATCH,
     ALERT_RESOLVED,
     false,
     {"Hết cảnh báo: dự báo của KCN Yên Lư đã chính xác trở lại",
      "Resolved: forecasts of Yên Lư are good again"},
     {"Dự báo của KCN Yên Lư đã chính xác trở lại: sai số nhỏ hơn 22 % so với cách dự báo đơn giản "
      "(lấy phụ tải cùng giờ tuần trước). Cập nhật tiếp theo: 2 giờ ngày 06/06.",
      "Forecasts of Yên Lư are good again: errors are 22 % smaller than those of last week's same "
      "hour. Next update: 2:00 on 6 June."}},
    {"sink",
     alert_samples_sink,
     ALERT_WATCH,
     ALERT_FIRED,
     false,
     {"Cảnh báo: không gửi được số liệu đến victoria-metrics grid từ 13 giờ 10 ngày 05/06",
      "Watch: nothing could be sent to victoria-metrics grid since 13:10 on 5 June"},
     {"Không gửi được số liệu đến victoria-metrics grid từ 13 giờ 10 ngày 05/06, đã 50 phút "
      "(ngưỡng 15 phút). Lỗi gần nhất: could not connect to server. Số liệu chưa gửi được giữ "
      "trong hàng đợi và tự gửi lại khi kết nối được; trong thời gian này nơi nhận không có số "
      "liệu và thông báo mới.",
      "Nothing could be sent to victoria-metrics grid since 13:10 on 5 June, for 50 min (allowed: "
      "15 min). The last error: could not connect to server. What waits is kept and sent as soon "
      "as it can be; until then the receiver has neither new data nor new notices."}},
    {"sink, resolved",
     alert_samples_calm_sink,
     ALERT_WATCH,
     ALERT_RESOLVED,
     false,
     {"Hết cảnh báo: đã gửi lại được số liệu đến victoria-metrics grid",
      "Resolved: data are sent to victoria-metrics grid again"},
     {"Đã gửi lại được số liệu đến victoria-metrics grid. Số liệu giữ trong hàng đợi đang được gửi "
      "bù.",
      "Data are sent to victoria-metrics grid again. What was kept is being sent."}},
    {"register",
     alert_samples_entries,
     ALERT_WATCH,
     ALERT_FIRED,
     false,
     {"Cảnh báo: KCN Yên Lư có 2 mục đăng ký bắt đầu thứ Hai 10/06, thêm 25 MW",
      "Watch: Yên Lư has 2 entries of the register from Mon 10 June, 25 MW more"},
     {"Sổ đăng ký phụ tải của KCN Yên Lư có 2 mục sắp bắt đầu, sớm nhất thứ Hai 10/06, thêm 25 MW. "
      "Ghi chú: Sunwoda chạy dây chuyền pin số 2 (Nguyễn Văn An). Đề nghị xác nhận, hoặc kết thúc "
      "mục nào không còn đúng.",
      "The register of Yên Lư has 2 entries about to begin, the first on Mon 10 June, 25 MW more. "
      "Note: Sunwoda chạy dây chuyền pin số 2 (Nguyễn Văn An). Confirm it, or end what no longer "
      "holds."}},
    {"register, resolved",
     alert_samples_calm_entries,
     ALERT_WATCH,
     ALERT_RESOLVED,
     false,
     {"Hết cảnh báo: KCN Yên Lư không còn đăng ký nào sắp bắt đầu",
      "Resolved: Yên Lư has no entries about to begin"},
     {"Sổ đăng ký phụ tải của KCN Yên Lư không còn mục nào sắp bắt đầu.",
      "The register of Yên Lư has no entries about to begin."}},
    {"gone",
     alert_samples_gone,
     ALERT_EMERGENCY,
     ALERT_RESOLVED,
     false,
     {"Hết cảnh báo: KCN Yên Lư", "Resolved: Yên Lư"},
     {"Đã hết cảnh báo đối với KCN Yên Lư. Cập nhật tiếp theo: 14 giờ 30 ngày 05/06.",
      "The alert for Yên Lư is over. Next update: 14:30 on 5 June."}},
};

size_t alert_gallery_size(void)
{
    return sizeof alert_gallery / sizeof *alert_gallery;
}
