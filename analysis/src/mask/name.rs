//! Names that a form's label announces: 姓名：…, 联系人…

use super::{number, plate, run};

const LABELS: &[&str] = &[
    "姓名",
    "联系人",
    "诉求人",
    "投诉人",
    "来电人",
    "反映人",
    "举报人",
    "收件人",
    "收货人",
    "寄件人",
    "发件人",
    "取件人",
    "机主",
    "户主",
    "车主",
    "持卡人",
    "订餐人",
    "下单人",
    "入住人",
];

/// Surnames of one character, by frequency, and the common ones of two.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎雷段龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔文赖洪符邢云冼庞温关倪庄聂殷辜柯柴祝鲁曲岳项詹梅翟卓涂左齐辛管焦包宁尤葛申舒阮牛毕牟吉霍翁路季欧裴柳房鲍甘简饶麦安候";
const DOUBLE: &[&str] =
    &["欧阳", "上官", "司马", "诸葛", "司徒", "东方", "独孤", "南宫", "夏侯", "皇甫", "尉迟", "公孙"];

/// What may follow a name, besides whatever is not a Chinese character.
const AFTER: &[&str] = &["先生", "女士", "小姐", "太太", "电话", "手机", "联系", "身份证", "地址"];

/// Where the name starts and ends that a label ending with the character `c` at `at` announces.
pub(super) fn after(text: &str, at: usize, c: char) -> Option<(usize, usize)> {
    if !matches!(c, '名' | '人' | '主') {
        return None;
    }
    let label_end = at + c.len_utf8();
    let said = text.get(..label_end)?;
    LABELS.iter().any(|label| said.ends_with(label)).then_some(())?;
    let rest = text.get(label_end..)?;
    let name = rest.trim_start_matches([':', '：', ' ', '(', '（', '是', '为', '叫']);
    let separated = name.len() < rest.len();
    let start = text.len() - name.len();
    let given = match DOUBLE.iter().find(|s| name.starts_with(**s)) {
        Some(surname) => start + surname.len(),
        None => start + name.chars().next().filter(|s| SURNAMES.contains(*s))?.len_utf8(),
    };
    let rest = text.get(given..)?;
    if AFTER.iter().any(|word| rest.starts_with(word)) {
        return None; // A surname alone names nobody.
    }
    let mut end = given;
    for c in rest.chars().take(2).take_while(|c| is_han(*c)) {
        end += c.len_utf8();
        if ends_here(text.get(end..)?, separated) {
            return Some((start, end));
        }
    }
    None
}

/// Without a colon or the like before it, 联系人王… may be any sentence: then only what follows names ends one.
fn ends_here(rest: &str, separated: bool) -> bool {
    let Some(next) = rest.chars().next() else { return separated };
    if AFTER.iter().any(|word| rest.starts_with(word)) {
        return true;
    }
    let taken_out = plate::find(rest, 0, next).is_some()
        || run::spoken(next).is_some() && number::spoken(&run::Run::mixed(rest, 0)).is_some();
    separated && (!is_han(next) || taken_out)
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}')
}
