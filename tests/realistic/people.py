"""Four servers and the twenty people on them who read the blog and answer."""

from fediblog.demo.cast import Character

GARDEN, SOCIAL, TOKYO, CAFE = "garden.example", "social.example", "tokyo.example", "cafe.example"

SERVERS: dict[str, tuple[Character, ...]] = {
    GARDEN: (
        Character("alice", "Alice Okafor", "<p>Grows tomatoes, reads long posts.</p>"),
        Character("bob", "Bob Sørensen", "<p>Mostly bicycles. Some opinions.</p>"),
        Character("edda", "Edda :leaf:", "<p>Bees and bread.</p>", "de"),
        Character("finn", "Finn", "<p>Walks.</p>"),
        Character("gita", "Gita Rao", "<p>Soil scientist.</p>"),
        Character("henk", "Henk van der Meer-Oosterhuis", "<p>Dikes.</p>", "nl"),
    ),
    SOCIAL: (
        Character("iris", "Iris", "<p>Librarian. Will look it up.</p>"),
        Character("jonas", "Jonas Weiß", "<p>Schreibt mit der Hand.</p>", "de"),
        Character("kofi", "Kofi Mensah", "<p>Clouds, of both kinds.</p>"),
        Character("lena", "Léna Moreau", "<p>Traductrice.</p>", "fr"),
        Character("mo", "mo", "<p>lower case on purpose</p>"),
        Character("nuno", "Nuno Álvares", "<p>Do Porto.</p>", "pt"),
    ),
    TOKYO: (
        Character("chiyo", "田中千代", "<p>写真とお茶が好きです。</p>", "ja"),
        Character("ren", "佐藤 蓮", "<p>毎朝、空を見ます。</p>", "ja"),
        Character("yuki", "ゆき", "<p>ノート収集家。</p>", "ja"),
        Character("sora", "Sora Ito", "<p>Between two languages.</p>", "ja"),
    ),
    CAFE: (
        Character("dana", "دانة حداد", "<p>أكتب عن الكتب والقهوة.</p>", "ar"),
        Character("omar", "عمر", "<p>مهندس ومزارع في أوقات الفراغ.</p>", "ar"),
        Character("salma", "سلمى", "<p>أحب المطر.</p>", "ar"),
        Character("tariq", "Tariq", "<p>Reads right to left and left to right.</p>", "ar"),
    ),
}
