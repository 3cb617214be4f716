"""The table of layer names, easy to extend: add a name to a line, or a line to a part.

Names are separated by commas. A name of several words matches a layer that has all of them in any order ("hair front",
"HairFront", "front_hair"). Japanese and Chinese names match anywhere in the layer's name. The name with most words, then
with most letters, wins; among equals the one that stands last ("eye shadow" ends in its noun). Plural s is ignored.
Sources of conventions: See-through's tags (V3 and older), Anime2.5DRig, StretchyStudio, psd2live, Live2D's sample PSDs.
"""

from __future__ import annotations

PART_NAMES: tuple[tuple[str, str], ...] = (
    ("front hair", """front hair, hair front, hairf, fringe, bang, hair bang, side hair, hair side, sidelock, side lock,
        side bang, sideburn, ahoge, hair strand front, forelock, 前髪, まえがみ, 横髪, よこがみ, サイド髪, サイドの髪, 触角,
        もみあげ, アホ毛, あほ毛, アホゲ, 横の毛, 前の毛, 姫毛, 刘海, 瀏海, 前发, 前髮, 前頭髮, 侧发, 側髮, 鬓, 鬢, 呆毛"""),
    ("back hair", """back hair, hair back, hairb, rear hair, hair rear, behind hair, hair behind, ponytail, pony tail,
        twintail, twin tail, pigtail, braid, bun, hair bun, 後ろ髪, 後髪, うしろ髪, うしろがみ, 後れ毛, 髪後, 髪後ろ,
        後ろ毛, ポニテ, ポニーテール, ツインテ, ツインテール, おさげ, 三つ編み, お団子, 后发, 后髮, 後髮, 後发, 马尾, 馬尾,
        双马尾, 雙馬尾, 辫子, 辮子"""),
    ("hair", "hair, 髪, 髪の毛, かみ, 头发, 頭髮, 发, 髮"),
    ("face", """face, head, face base, face line, face skin, head base, face outline, jaw, facial skin, skull, 顔, 輪郭,
        顔ベース, 顔の輪郭, 頭, 頭部, 顔肌, かお, 脸, 臉, 面部, 脸型, 头, 头部"""),
    ("ears", "ear, 耳, みみ, エルフ耳, 耳朵"),
    ("nose", "nose, 鼻, はな, 鼻筋, 鼻子"),
    ("eyebrow", "eyebrow, brow, browl, browr, eye brow, 眉, 眉毛, まゆ, まゆげ, 眉头"),
    ("eyewhite", """eyewhite, eye white, white eye, white of eye, eyebg, sclera, eyeball white, eye base, eye back, eye bg,
        白目, しろめ, 目の白, 目白, 眼白, 白眼, 巩膜"""),
    ("irides", """iride, iris, pupil, eyeball, eye ball, eye highlight, eye light, eye gloss, eye shine, eye catchlight,
        eye color, eye colour, iris highlight, pupil highlight, iris shadow, 黒目, くろめ, 瞳, ひとみ, 瞳孔, 虹彩, 目玉,
        眼球, 目 ハイライト, 目 光, 瞳 ハイライト, 虹膜, 眼珠, 黑眼珠, 眼 高光, 目 反射"""),
    ("eyelash", """eyelash, lash, eye lash, eyeline, eye line, eyeliner, eye liner, upper lash, lower lash, eyelid, eye lid,
        lid, upper lid, lower lid, double eyelid, eye crease, eye outline, lashline, まつ毛, まつげ, 睫毛, 睫, マツゲ,
        アイライン, 上まつげ, 下まつげ, 上まつ毛, 下まつ毛, まぶた, 瞼, 目蓋, 二重, ふたえ, 目 線, 眼线, 眼線, 眼皮, 双眼皮,
        眼睑, 眼 线"""),
    ("eye", "eye, eyel, eyer, 目, 眼, 眼睛, アイ"),
    ("mouth", """mouth, lip, lips, upper lip, lower lip, teeth, tooth, tongue, fang, mouth inside, inner mouth, mouth line,
        smile, mouth shadow, mouse, 口, くち, 唇, 上唇, 下唇, 歯, 舌, 口内, 口中, 牙, 八重歯, 嘴, 嘴巴, 嘴唇, 牙齿, 舌头"""),
    ("facedetail", """facedetail, face detail, cheek, blush, freckle, mole, tear, sweat, face shadow, nose shadow,
        hair shadow, eye shadow, makeup, make up, face mark, scar, beauty mark, face paint, 頬, ほお, ほほ, チーク, 頬紅,
        照れ, ほくろ, そばかす, 涙, 汗, 顔影, 顔 影, 髪影, 髪の影, 目 影, 傷, 腮红, 腮紅, 脸红, 臉紅, 雀斑, 泪, 眼泪,
        脸 阴影, 刘海 阴影"""),
    ("neck", "neck, throat, 首, くび, 喉, 脖子, 颈, 頸, 脖"),
    ("headwear", """headwear, head wear, hat, cap, hood, helmet, headband, hairband, hair band, hair ribbon, hair ornament,
        hairpin, hair pin, hair clip, hairclip, hair accessory, hair bow, hair flower, headphone, headset, crown, tiara,
        horn, antler, halo, antenna, animal ear, cat ear, fox ear, bunny ear, rabbit ear, wolf ear, dog ear, nekomimi,
        kemonomimi, veil, hair tie, wig, 帽子, ぼうし, 髪飾り, 髪飾, ヘアピン, ヘアバンド, カチューシャ, ヘッドドレス,
        ヘッドホン, ヘッドフォン, ヘッドセット, 角, 獣耳, ケモ耳, けもみみ, 猫耳, ねこみみ, ネコミミ, うさ耳, 兎耳, 狐耳,
        犬耳, 狼耳, 天使の輪, 王冠, ティアラ, 髪留め, 髪ゴム, フード, 簪, かんざし, 帽, 发饰, 髮飾, 头饰, 頭飾, 发夹, 髮夾,
        发带, 髮帶, 耳机, 耳機, 兽耳, 獸耳, 兔耳, 光环"""),
    ("bow", "bow, ribbon, リボン, りぼん, 蝴蝶结, 蝴蝶結, 丝带, 緞帶"),
    ("eyewear", """eyewear, eye wear, glass, glasses, goggle, eyepatch, eye patch, monocle, sunglass, sunglasses, eye mask,
        眼鏡, メガネ, めがね, ゴーグル, 眼帯, 眼镜, 墨镜, 眼罩, サングラス"""),
    ("earwear", """earwear, ear wear, earring, ear ring, piercing, ear accessory, ear cuff, イヤリング, ピアス, 耳飾り,
        耳飾, 耳环, 耳環, 耳坠, 耳钉, 耳饰"""),
    ("neckwear", """neckwear, neck wear, necktie, tie, choker, scarf, necklace, collar, muffler, neck ribbon, bowtie,
        bow tie, pendant, neckerchief, neck bow, chest bow, chest ribbon, ネクタイ, マフラー, チョーカー, ネックレス, 首輪,
        首飾り, ペンダント, スカーフ, 首元, 胸リボン, 领带, 領帶, 围巾, 圍巾, 项链, 項鍊, 项圈, 颈饰, 领结, 領結"""),
    ("topwear", """topwear, top wear, shirt, cloth, clothes, clothing, blouse, jacket, coat, dress, top, sweater, uniform,
        hoodie, vest, cardigan, kimono, chest, bust, breast, shoulder, outfit, bra, cape, cloak, robe, tshirt, t shirt,
        costume, armor, armour, suit, 服, 上着, シャツ, ブラウス, セーラー, 制服, ジャケット, コート, ワンピース, ドレス,
        セーター, パーカー, 着物, 浴衣, 胸, 肩, 衣装, 上半身, 襟, えり, エリ, マント, ケープ, ベスト, カーディガン,
        トップス, 鎧, 衣服, 上衣, 外套, 衬衫, 襯衫, 裙子上, 毛衣, 胸部, 肩膀, 领子, 領子, 披风"""),
    ("bottomwear", """bottomwear, bottom wear, skirt, pant, pants, trouser, short, shorts, hip, bottom, waist, belt, panty,
        jean, スカート, ズボン, パンツ, ショートパンツ, 腰, 下半身, ベルト, ボトムス, 袴, 裙, 裙子, 裤, 褲, 裤子, 腰部,
        腰带"""),
    ("handwear", """handwear, hand wear, arm, hand, sleeve, forearm, upper arm, lower arm, finger, wrist, glove, elbow,
        palm, bracelet, 腕, 手, うで, 指, 二の腕, 前腕, 上腕, 袖, そで, 手袋, 手首, 左手, 右手, 左腕, 右腕, 手臂, 胳膊,
        手指, 袖子, 手套"""),
    ("legwear", """legwear, leg wear, leg, thigh, knee, calf, shin, sock, stocking, tights, kneesock, garter, 脚, 太もも,
        ふともも, 膝, 脛, 靴下, タイツ, ストッキング, ニーソ, ニーハイ, 足首, 左足, 右足, 腿, 大腿, 小腿, 袜, 襪, 袜子,
        丝袜"""),
    ("footwear", """footwear, foot wear, foot, feet, shoe, boot, sandal, heel, sneaker, toe, 靴, くつ, ブーツ, 足, 足先,
        サンダル, 鞋, 鞋子, 靴子"""),
    ("tail", "tail, 尻尾, しっぽ, シッポ, 尾, 尾巴"),
    ("wings", "wing, wings, 羽, 翼, 羽根, はね, 翅膀"),
    ("body", """body, torso, trunk, body base, skin, naked body, figure, 体, からだ, 身体, 胴, 胴体, 素体, ボディ, 肌, 裸,
        軀幹, 躯干, 身體"""),
    ("background", "background, bg, backdrop, backgroud, scenery, paper, canvas, 背景, はいけい, 用紙, 纸张, 背景色"),
    ("objects", """object, prop, item, weapon, sword, gun, staff, book, bag, phone, cup, microphone, mic, pet, effect, fx,
        小物, 武器, 剣, 杖, 本, 鞄, かばん, マイク, 道具, エフェクト, 物, 物品, 包"""),
)  # fmt: skip
"""(part or one of `bow` and `background`, which the place decides; names). Misspellings met in the wild count ("mouse")."""

SIDE_NAMES: dict[str, str] = {
    "l": "left, l, lt, lft, hidari, 左, ひだり",
    "r": "right, r, rt, rgt, migi, 右, みぎ",
}
"""Words for a side. Live2D and See-through mean the character's own; who means the picture's is found out by place."""

STATE_NAMES: dict[str, str] = {
    "closed": """close, closed, closing, shut, blink, wink, asleep, sleep, とじ, 閉じ, 閉, つむり, つぶり, 瞑り, ウインク,
        ウィンク, まばたき, 瞬き, 闭, 闭眼, 闭嘴, 閉眼, 閉口""",
    "open": "open, opened, opening, 開き, 開, ひらき, あき, 开, 張, 张, 张开, 张嘴, 睁, 睜",
}
"""Words for a drawn state; they count for eyes and the mouth only."""

VOWELS: dict[str, str] = {
    "open": "a, あ, ア",
    "closed": "n, m, ん, ン",
    "other": "i, u, e, o, い, う, え, お, イ, ウ, エ, オ",
}
"""Names of mouth shapes, where they are all that is left of a name: the a-mouth opens, the n-mouth closes, the others
rest unused."""

FILLER = """layer, group, folder, copy, part, parts, base, line, lines, lineart, color, colour, shadow, shade, highlight,
    fill, outline, paint, new, main, sub, the, of, and, merged, img, image, texture, detail, art, c, レイヤー, グループ,
    フォルダ, フォルダー, のコピー, 線画, 線, 影, 塗り, 色, 下地, 主線, ベース, ハイライト, 光, 图层, 图层组, 组, 圖層,
    拷贝, 副本, 线稿, 阴影, 上色, 高光, パーツ, 素材"""
"""Words that say nothing about the part: a layer with no other word takes its group's part."""

PIVOT_NAMES = "pivot, anchor, rotation center, rotation centre, 支点, 回転軸, 锚点, 旋转轴"
"""A small layer with one of these names is a point, not a picture."""
