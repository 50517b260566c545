"""What people say beneath the post, by the language that they write in."""

from collections.abc import Mapping, Sequence

WORDS: Mapping[str, Sequence[str]] = {
    "en": (
        "I have been doing this since you wrote about it. Two weeks, eleven lines, one of them "
        "about a sandwich.",
        "Mine is a photograph of the same roof. After six years it has become a kind of clock.",
        "Would you share the script? I have the lines and no idea what to ask them.",
        "Is it always from the same window?",
        "“The gaps are about people.” I had to put the kettle on after that one.",
        "My grandfather kept one for forty years. Every entry ends with the price of diesel.",
        "I would turn the page.",
        "Same here, but with the sound of the heating.",
        "That is the best argument for paper I have heard in a while.",
        "Have you compared it with the official record? Ours disagree on 31 days, and I am right.",
        "No plan is a plan.",
        "The trick is to do it before the first cup, not after. After the first cup one has "
        "opinions.",
        "Thank you for this. I sent it to my sister, who will pretend not to have read it.",
        "Disagree about the fog! Fog is mostly about the neighbours.",
        "Yes.",
        "What do you do when you are away? Somebody else’s sky, or none?",
        "I tried and gave up in February. It is always February.",
        "There is a word for that where I come from, but it takes longer to say than to live "
        "through.",
        "See also <a href='https://weather.example/diaries'>the weather diaries</a> in the county "
        "archive: there is one for every year since 1871, and they are all in pencil.",
        "Counted mine with <code>grep -c fog sky.txt</code>: 48. A dry year.",
        "<em>Clear, cold</em> is going to stay with me.",
        "A good rule: never explain the weather to somebody who is standing in it.",
        "I like that you counted the gaps.",
        "Ours has been kept by three people in turn, and one can tell who it was by the adjectives."
        "</p><p>The third one has none.</p><p>We miss her.",
        "Not once since then, and I have looked.",
    ),
    "de": (
        "Bei uns heißt das „Wetterbuch“, und es liegt neben dem Brotkasten.",
        "Schöner Text. Ich fange morgen an, spätestens übermorgen.",
        "Nebel ist vor allem eine Frage der Fenster.",
        "Genau so war es bei meiner Großmutter, nur mit Preisen für Eier.",
    ),
    "ja": (
        "毎朝の空を一行だけ。とてもいい習慣ですね。",
        "私は六年間、同じ屋根の写真を撮っています。屋根が時計のようになりました。",
        "霧の日のことを書くと、いつも誰かのことを書いてしまいます。",
        "お茶を入れる前に書く、というところが好きです。",
        "<span>「晴れ、寒い」</span>だけで十分ですね。",
    ),
    "ar": (
        "فكرة جميلة. عندي شجرة ليمون أمام النافذة، وسأبدأ بها غدًا.",
        "جدي كان يكتب سطراً كل يوم، وكان كل سطر ينتهي بسعر الخبز.",
        "الضباب عندنا نادر، لكن الغبار يقوم بالعمل نفسه.",
        "قرأت النص مرتين، في المرة الثانية بصوت عالٍ.",
        "هل تكتبين حتى في أيام السفر؟ (سؤال من شخص ينسى دائماً)",
    ),
    "fr": (
        "Chez moi c’est un calendrier de cuisine : une case, trois mots, pas un de plus.",
        "« Les trous parlent des gens » : merci pour cette phrase.",
    ),
    "pt": (
        "No Porto bastavam duas palavras: chove ou choveu.",
        "Vou começar amanhã. Ou quando parar de chover.",
    ),
    "nl": (
        "Hier schrijft het waterschap het op, en die schrijven alleen centimeters.",
        "Mijn vader zou zeggen: weer is weer.",
    ),
}

ANSWERS = (
    "Never before. I did for a week in March, and began to write for the line above instead of "
    "for the window.",
    "Always the same window. The cup on the sill has changed twice.",
    "I leave a gap. The gaps turned out to be the *interesting* part.",
    "Here it is, all of it: `sum('fog' in line for line in lines)`.",
    "That is lovely. May I quote it in the next one?",
    "Yes, and I should have said so in the text. I have added a note.",
    "Somebody else’s sky, but with the place in front: then I can leave it out again.",
    "I had to look that up. Thank you!",
)
