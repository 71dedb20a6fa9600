"""Closed word classes and general review vocabulary that the bundled lexicons lack.

Everything here is about how people judge things, never about one kind of product.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BE = _words("is are was were be been being am 's 're 'm isnt arent wasnt werent")
"""Forms of the copula; "'s" only where the tagger takes it for a verb."""

LINKING = _words(
    "look looks looked looking sound sounds sounded sounding feel feels felt feeling seem seems seemed "
    "taste tastes tasted smell smells smelled stay stays stayed remain remains remained become becomes "
    "became get gets got turned turns appear appears appeared"
)
"""Verbs that join a subject to an adjective as the copula does."""

AUXILIARY = _words(
    "do does did have has had having can could will would should may might must shall 've 'll 'd ca wo ai "
    "doesnt dont didnt cant couldnt wouldnt wont hasnt havent hadnt"
)

NEGATION = _words(
    "not n't no never neither nor hardly barely scarcely rarely without cannot isnt arent wasnt werent "
    "dont doesnt didnt cant couldnt wouldnt wont hasnt havent hadnt nothing none nobody zero lack lacks "
    "lacked lacking"
)

SUBJECT_PRONOUNS = _words("i you he she it we they who")
PRONOUNS = SUBJECT_PRONOUNS | _words(
    "me him her us them this that these those everything anything something nothing everyone anyone "
    "someone one mine yours ours myself yourself itself themselves all both"
)
WHOLE_PRONOUNS = _words("it this that these those they which")
"""Pronouns that, as a subject, mostly stand for the thing under review."""

TASTE_VERBS = _words(
    "love loves loved loving like likes liked liking adore adores adored enjoy enjoys enjoyed enjoying "
    "recommend recommends recommended appreciate appreciates appreciated prefer prefers preferred dig hate "
    "hates hated hating dislike dislikes disliked despise despised regret regretted loathe avoid praise "
    "praised miss try"
)
"""Verbs whose object, not subject, is judged."""

NEGATIVE_TASTE = _words(
    "hate hates hated hating dislike dislikes disliked despise despised regret regretted loathe avoid miss"
)

POSITIVE_VERBS = _words(
    "rocks rock rocked excels excel excelled shines shine shone delivers impresses impressed impress "
    "exceeds exceeded exceed surpasses surpassed"
)
NEGATIVE_VERBS = _words(
    "sucks suck sucked crashes crashed crash crashing fails failed fail failing breaks broke break died "
    "dies die dying disappoints disappointed freezes froze freeze freezing frozen cracked cracks crack "
    "leaks leaked leak bent snapped ripped tore stinks stopped stops quit quits malfunctioned malfunctions "
    "rusted rattles rattled peeled peels faded fades scratched scratches jammed jams wobbles wobbled"
)
"""Verbs that judge their subject."""

JUDGING_NOUNS = {
    **dict.fromkeys(
        _words(
            "problem problems issue issues complaint complaints downfall trouble troubles nightmare "
            "disappointment junk crap garbage trash joke ripoff rip-off hassle annoyance downside drawback "
            "drawbacks disaster failure flaw flaws defect defects letdown disgrace mess complain waste"
        ),
        -1,
    ),
    **dict.fromkeys(
        _words(
            "joy pleasure plenty ease bargain steal plus winner treat gem breeze delight blast godsend "
            "lifesaver"
        ),
        1,
    ),
}
"""Nouns that judge what they are said of."""

EXPERIENCE = _words(
    "impressed happy pleased satisfied disappointed delighted thrilled unhappy dissatisfied unimpressed "
    "annoyed frustrated content comfortable excited surprised amazed"
)
"""Adjectives of the reviewer; what is judged follows after a preposition."""

POSITIVE = _words(
    "sturdy durable affordable reliable crisp rugged versatile responsive lightweight well-made well-built "
    "top-notch high-quality inexpensive reasonable helpful user-friendly accurate consistent adjustable "
    "compact portable flawless flawlessly seamless seamlessly sleek superb stellar killer must-have smooth "
    "smoothly quick quickly fast faster fastest clean cleanly clear clearly quiet easy easier easiest "
    "easily convenient handy worth worthwhile high-end premium light solid securely secure snug snugly "
    "perfect perfectly professional well nicely great good excellent excellently decent fine ok okay "
    "authentic generous spacious roomy soft comfy attentive prompt knowledgeable intuitive polite "
    "courteous efficient cozy ample unbeatable amazing awesome beautifully properly correctly long-lasting "
    "stylish elegant upscale huge phenomenal outstanding incredible impeccable spot-on second-to-none "
    "world-class exceptional exceptionally unique cheap cheaper rich warm bright big better best improved "
    "effective effortless effortlessly precise precisely reasonably tight thick strong stronger powerful "
    "stable simple free cool classy modern favorite favourite superior right special fun real nice neat "
    "memorable extensive wonderful fantastic terrific terrifically inventive creative creatively wide "
    "crunchy juicy punchy balanced breathable foolproof waterproof"
)
NEGATIVE = _words(
    "flimsy overpriced pricey pricy expensive defective faulty noisy bulky sluggish unreliable mediocre "
    "lousy subpar sub-par cheaply shoddy poorly poor badly bad worse worst useless broken wobbly tinny "
    "muddy scratchy sticky dull bland dry rude slow slowly slower unattentive inattentive pushy snobby "
    "dirty filthy cramped crowded loud lackluster uninspired cold unhelpful inconvenient uncomfortable "
    "unimpressive awkward clunky clumsy dim weak short limited small tiny smaller hard harder tough "
    "outdated inferior flaky buggy glitchy disappointing frustrating annoying irritating horrible horribly "
    "terrible terribly awful awfully gross disgusting nasty average so-so meh rough stiff ridiculous soggy "
    "greasy stale spotty skimpy sketchy undercooked overcooked rancid moldy ridiculously overrated "
    "ordinary unacceptable unprofessional inaccurate inconsistent incompetent arrogant condescending "
    "indifferent unfriendly unpleasant unusable confusing difficult questionable minimal rubbery "
    "pretentious dark steep exorbitant outrageous fragile brittle leaky fuzzy blurry bumpy cumbersome "
    "crooked squeaky lifeless jerky laggy patchy clogged smelly"
)
"""Judging adjectives and adverbs; they overrule the bundled lexicons."""

JUDGING_ADJECTIVES = POSITIVE | NEGATIVE

NEUTRAL = _words(
    "able actual additional main first second third last next same other another different such own new "
    "old used many much more most few several whole full half only certain sure particular various entire "
    "total very extra current recent previous initial original standard normal regular usual typical "
    "general overall front back left top bottom middle inside outside upper lower internal external "
    "electric digital electronic black white red blue green yellow brown gray grey pink purple available "
    "definitely certainly surely truly honestly absolutely seriously literally frankly hopefully "
    "unfortunately sadly thankfully basically simply exactly mostly especially obviously like alike key "
    "potential possible due ready custom daily weekly monthly early late later prior central local low "
    "high heavy down expected respective primary secondary everyday negative male female human medical "
    "personal public double single multiple dual plain serious true latest about"
)
"""Adjectives that classify or place rather than judge; they may be a part of a feature."""

GENERIC = _words(
    "thing things time times one ones lot lots bit way ways people person day days year years month months "
    "week weeks hour hours minute minutes second seconds guy guys friend friends wife husband son daughter "
    "kid kids man woman family everyone anyone someone everything anything something nothing kind sort "
    "type types couple ton tons amount number bunch pair part reason reasons fact idea thought thoughts "
    "point review reviews star stars amazon stuff while end start beginning rest today yesterday tomorrow "
    "night morning evening weekend everybody anybody nobody mind moment situation question questions hand "
    "hands eye eyes luck job chance mine yours deal world life thanks sense choice none i reviewer "
    "reviewers buy customer customers buyer buyers consumer consumers user users self"
)
"""Nouns too general to be a feature."""

MEASURES = _words(
    "selection selections variety assortment range array choice choices list glass glasses bottle bottles "
    "cup piece pieces slice slices mix combination portion portions set line collection amount"
)
"""Nouns that measure what follows after "of"; the feature is both."""

QUANTIFIERS = _words(
    "other others same such own few many much more most several whole full half certain last first second "
    "third next different various additional another only main entire less least new old used actual "
    "particular extra current previous original"
)
"""Adjectives that never are a part of a feature."""

SUBORDINATORS = _words(
    "but because if when while although though since unless until whereas however than yet except that so "
    "as before after whenever whether"
)
"""Words that begin another clause."""

MANNER_VERBS = _words(
    "work works worked working perform performs performed run runs ran function functions functioned fit "
    "fits fitted play plays played sound sounds sounded look looks looked feel feels felt taste tastes "
    "tasted smell smells smelled hold holds held operate operates operated charge charges charged arrive "
    "arrived ship shipped wear wears wash washes washed install installs installed clean cleans cleaned "
    "move moves handle handles responds load loads loaded drive drives drove ride rides cut cuts write "
    "writes print prints stick sticks open opens close closes record records recorded read reads fold "
    "folds starts tracks stays stayed"
)
"""Verbs of what a thing does; they stand as the feature in "works great"."""

GENERIC_TASKS = _words(
    "be do have get put say tell see think know make take go come find give let want keep believe imagine "
    "beat understand explain describe justify recommend call please"
)
"""Verbs that aren't a feature in "easy to X"."""

COST_NOUNS = _words(
    "price prices pricing cost costs expense fee fees charge charges noise weight latency consumption hum "
    "maintenance risk hiss feedback distortion"
)
"""Features of which less is better."""

LEVELS = {
    **dict.fromkeys(_words("high higher highest increased"), 1),
    **dict.fromkeys(_words("low lower lowest reduced"), -1),
}
"""Adjectives of level, whose sign hangs on what they are said of."""

TASK_ADJECTIVES = _words(
    "easy easier easiest hard harder difficult simple simpler tough fun quick convenient"
)
"""Adjectives of "easy to use"; there the verb is the feature."""

PARTICLES = _words("up out down off on in")
LACKING = _words("lack lacks lacked lacking")
THINGS = _words("thing things part parts aspect aspects point points")
"""Nouns that stand for a feature named after the verb: "the best part is the sound"."""
UNMISSED = _words(
    "need needs doubt doubts comparison wish wishes regret regrets excuse excuses worry worries wonder help "
    "surprise surprises exception experience difference matter expert change hesitation biggie concerns "
    "effort gripes desire hint interest fuss frills buzz rattle residue scratches damage slippage defects"
)
"""Nouns whose absence judges nothing, or something else."""
FAILING_PHRASES = frozenset(
    (verb, particle)
    for verbs, particles in (
        ("fall falls fell fallen falling come comes came coming", "apart off loose"),
        ("break breaks broke broken", "down off"),
        ("go goes went", "out"),
        ("wear wears wore give gives gave burn burns burned burnt", "out"),
        ("shut shuts", "down off"),
        ("lock locks locked locking freeze freezes froze", "up"),
    )
    for verb in verbs.split()
    for particle in particles.split()
)
"""Verbs that with their particle say that a thing gives up its job."""
FUNCTION_VERBS = _words("work works worked function functions fit fits hold holds last lasts stay")
"""Verbs that say that a thing does its job; negated, they judge."""
STOPPING_VERBS = _words("stopped stops quit quits")

KEEPING = _words("and &")
TURNING = _words("but yet")
"""Conjunctions that keep the polarity of the opinion before them, and that turn it."""

BETWEEN_OPINIONS = (KEEPING | TURNING) | _words(
    ", the a an is are was were it it's 's they this that its their also very really so quite pretty rather "
    "just extremely fairly incredibly somewhat even still"
)
"""What may stand between two opinions that a conjunction joins."""
