//! An evaluation as text for a terminal and as one page that needs nothing else.

use std::fmt::Write;

use super::{Evaluation, Measures};

/// Cells of the confusion that are shown.
const MOST_CONFUSED: usize = 30;

/// For a terminal.
pub fn text(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{:<22} {}", "rows", evaluation.all.rows);
    for (name, value) in evaluation.all.named() {
        let _ = writeln!(out, "{name:<22} {value:.4}");
    }
    let _ = writeln!(out, "{:<22} {:.4}", "calibration_error", evaluation.calibration_error);
    let rare = evaluation.rare;
    let _ = writeln!(out, "{:<22} {}", "rare_rows", rare.rows);
    let _ = writeln!(out, "{:<22} {:.4}", "rare_mean_f1", rare.mean_f1);
    let _ = writeln!(out, "{:<22} {:.4}", "rare_micro_f1", rare.micro_f1);
    let _ = writeln!(out, "\n{:<30} {:>5} {:>7} {:>7} {:>7}", "根因", "行数", "精确率", "召回率", "F1");
    for cause in &evaluation.causes {
        let (p, r, f) = (cause.precision, cause.recall, cause.f1);
        let _ = writeln!(out, "{:<30} {:>5} {p:>7.3} {r:>7.3} {f:>7.3}", cause.code, cause.rows);
    }
    let _ = writeln!(out, "\n{:<30} {:>5} {:>7} {:>7} {:>7}", "分组", "行数", "类型", "主因", "micro");
    for (name, m) in &evaluation.parts {
        let (k, p, f) = (m.kind_accuracy, m.primary_top1, m.micro_f1);
        let _ = writeln!(out, "{name:<30} {:>5} {k:>7.3} {p:>7.3} {f:>7.3}", m.rows);
    }
    let _ = writeln!(out, "\n主因最常见的混淆（应为 → 读作）");
    for (wanted, read, rows) in evaluation.confusion.iter().take(MOST_CONFUSED) {
        let _ = writeln!(out, "{rows:>5}  {} → {}", or_none(wanted), or_none(read));
    }
    out
}

fn or_none(code: &str) -> &str {
    if code.is_empty() { "（无）" } else { code }
}

/// One page.
pub fn html(evaluation: &Evaluation, title: &str) -> String {
    let mut out = String::new();
    let _ = write!(out, include_str!("page.html"), title = escape(title));
    let _ = write!(out, "<h1>{}</h1>", escape(title));
    overview(&mut out, evaluation);
    causes(&mut out, evaluation);
    reliability(&mut out, evaluation);
    confusion(&mut out, evaluation);
    mistakes(&mut out, evaluation);
    out.push_str("</main></body></html>\n");
    out
}

fn overview(out: &mut String, evaluation: &Evaluation) {
    let columns = |m: &Measures| m.named().map(|(_, v)| format!("<td>{v:.3}</td>")).concat();
    let heads = ["类型", "主因", "无因留空", "micro F1", "macro F1", "承诺时长", "实际时长", "表扬", "辱骂", "待复核"];
    let heads = heads.map(|h| format!("<th scope=\"col\">{h}</th>")).concat();
    let _ = write!(out, "<h2>总览</h2><table><tr><th scope=\"col\">分组</th><th scope=\"col\">行数</th>{heads}</tr>");
    let all = ("全部".to_owned(), evaluation.all);
    for (name, m) in std::iter::once(&all).chain(&evaluation.parts) {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th><td>{}</td>{}</tr>", escape(name), m.rows, columns(m));
    }
    let rare = evaluation.rare;
    let _ = write!(
        out,
        "</table><p>含罕见根因的 {} 行：罕见根因平均 F1 {:.3}，全部根因 micro F1 {:.3}。</p>",
        rare.rows, rare.mean_f1, rare.micro_f1
    );
}

fn causes(out: &mut String, evaluation: &Evaluation) {
    out.push_str("<h2>各根因</h2><table><tr><th scope=\"col\">根因</th><th scope=\"col\">行数</th>");
    out.push_str("<th scope=\"col\">精确率</th><th scope=\"col\">召回率</th><th scope=\"col\">F1</th></tr>");
    for c in &evaluation.causes {
        let (code, p, r, f) = (escape(&c.code), c.precision, c.recall, c.f1);
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{code}</th><td>{}</td><td>{p:.3}</td><td>{r:.3}</td><td>{f:.3}</td></tr>",
            c.rows
        );
    }
    out.push_str("</table>");
}

/// The reliability curve: mean score against the share that is right.
fn reliability(out: &mut String, evaluation: &Evaluation) {
    let _ = write!(
        out,
        "<h2>分数可信度</h2><p>期望校准误差 {:.3}。横轴为系统给出的概率，纵轴为其中判对的比例；贴近对角线即可信。</p>",
        evaluation.calibration_error
    );
    out.push_str("<svg viewBox=\"0 0 220 220\" role=\"img\" aria-label=\"可信度曲线\">");
    out.push_str("<path class=\"axis\" d=\"M10 210H210M10 210V10\"/><path class=\"ideal\" d=\"M10 210L210 10\"/>");
    for bin in evaluation.bins.iter().filter(|b| b.named > 0) {
        let (x, y) = (10.0 + 200.0 * bin.score, 210.0 - 200.0 * bin.right);
        let size = 2.0 + (bin.named as f64).ln().max(0.0);
        let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{size:.1}\"><title>");
        let _ = write!(out, "概率 {:.2}，判对 {:.2}，{} 个</title></circle>", bin.score, bin.right, bin.named);
    }
    out.push_str("</svg>");
}

fn confusion(out: &mut String, evaluation: &Evaluation) {
    out.push_str("<h2>主因混淆</h2><table><tr><th scope=\"col\">应为</th><th scope=\"col\">读作</th>");
    out.push_str("<th scope=\"col\">行数</th></tr>");
    for (wanted, read, rows) in evaluation.confusion.iter().take(MOST_CONFUSED) {
        let (wanted, read) = (escape(or_none(wanted)), escape(or_none(read)));
        let _ = write!(out, "<tr><td>{wanted}</td><td>{read}</td><td>{rows}</td></tr>");
    }
    out.push_str("</table>");
}

fn mistakes(out: &mut String, evaluation: &Evaluation) {
    out.push_str("<h2>最有把握的错误</h2>");
    for m in &evaluation.mistakes {
        let _ = write!(out, "<article><p class=\"text\">{}</p>", escape(&m.text));
        let _ = write!(out, "<p>编号 {}；应为 {}；读作 {}</p>", escape(&m.id), escape(&m.wanted), escape(&m.read));
        if !m.evidence.is_empty() {
            let _ = write!(out, "<p>依据：{}</p>", escape(&m.evidence.join("；")));
        }
        out.push_str("</article>");
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
