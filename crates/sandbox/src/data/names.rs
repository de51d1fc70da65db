//! Names, places and trades of the story: invented firms and companies in real Breton towns.

pub(crate) struct Town {
    pub(crate) name: &'static str,
    pub(crate) postcode: &'static str,
}

impl Town {
    pub(crate) fn department(&self) -> &'static str {
        match &self.postcode[..2] {
            "22" => "Côtes-d'Armor",
            "29" => "Finistère",
            "35" => "Ille-et-Vilaine",
            _ => "Morbihan",
        }
    }
}

/// A name that is given again in each round, from the second on with a number.
pub(crate) fn again(name: &str, round: usize, word: &str) -> String {
    if round == 0 { name.to_owned() } else { format!("{name} {word}{}", round + 1) }
}

macro_rules! towns {
    ($($postcode:literal $name:literal),+ $(,)?) => {
        &[$(Town { name: $name, postcode: $postcode }),+]
    };
}

#[rustfmt::skip]
pub(crate) static TOWNS: &[Town] = towns![
    "22000" "Saint-Brieuc", "35000" "Rennes", "22200" "Guingamp", "35400" "Saint-Malo",
    "22300" "Lannion", "35300" "Fougères", "22100" "Dinan", "35500" "Vitré",
    "22400" "Lamballe-Armor", "35600" "Redon", "22600" "Loudéac", "35160" "Montfort-sur-Meu",
    "22500" "Paimpol", "35150" "Janzé", "22110" "Rostrenen", "35470" "Bain-de-Bretagne",
    "22220" "Tréguier", "35270" "Combourg", "22800" "Quintin", "35120" "Dol-de-Bretagne",
    "22150" "Plœuc-l'Hermitage", "35130" "La Guerche-de-Bretagne", "22230" "Merdrignac", "35340" "Liffré",
    "22250" "Broons", "35410" "Châteaugiron", "22370" "Pléneuf-Val-André", "35260" "Cancale",
    "22140" "Bégard", "56000" "Vannes", "29200" "Brest", "56100" "Lorient",
    "29000" "Quimper", "56300" "Pontivy", "29600" "Morlaix", "56400" "Auray",
    "29900" "Concarneau", "56800" "Ploërmel", "29100" "Douarnenez", "56230" "Questembert",
    "29300" "Quimperlé", "56500" "Locminé", "29800" "Landerneau", "56110" "Gourin",
    "29270" "Carhaix-Plouguer", "56700" "Hennebont", "29150" "Châteaulin", "29250" "Saint-Pol-de-Léon",
    "29400" "Landivisiau", "29120" "Pont-l'Abbé",
];

#[rustfmt::skip]
pub(crate) static FIRMS: &[&str] = &[
    "Expertise & Conseil d'Arvor", "Brocéval Compta", "Iroise Gestion", "Argoat Associés", "Men Ruz Audit",
    "Goëlo Conseil", "Trégor Fiduciaire", "Ménez Expertise",
];

#[rustfmt::skip]
pub(crate) static FIRST_NAMES: &[&str] = &[
    "Anaïs", "Yann", "Gwenaëlle", "Loïc", "Maëlle", "Erwan", "Solène", "Gaël", "Nolwenn", "Tanguy",
    "Rozenn", "Ronan", "Morgane", "Ewen", "Katell", "Malo", "Soizic", "Briac", "Enora", "Titouan",
    "Françoise", "Hervé", "Chloé", "Jérôme", "Élodie", "Mickaël", "Zoé", "François-Xavier", "Aurélie",
    "Benoît", "Céline", "Gwendal", "Noémie", "Stéphane", "Aziliz", "Pierrick", "Inès", "Mathéo", "Hélène",
    "Youenn",
];

#[rustfmt::skip]
pub(crate) static LAST_NAMES: &[&str] = &[
    "Le Goff", "Tanguy", "Guégan", "Le Bihan", "Kerhervé", "Riou", "Quéméneur", "Le Floc'h", "Bothorel",
    "Madec", "Cadiou", "Jézéquel", "Le Gall", "Prigent", "Hamon", "Rouxel", "Thépaut", "Nédélec", "Corlay",
    "Guivarc'h", "Le Borgne", "Kermarrec", "Salaün", "Hénaff", "Lozac'h", "Bescond", "Le Roux", "Morvan",
    "Penven", "Quéré", "Le Dû", "Trévidic", "Abgrall", "Gourvennec", "Rannou", "Cariou", "Le Meur",
    "Daniélou", "Piriou", "Kerlann", "d'Argentré", "Müller", "Fernandes", "O'Brien", "Nguyễn", "Benhaïm",
    "Rault", "Glémot",
];

#[rustfmt::skip]
pub(crate) static JOBS: &[&str] = &[
    "Gérante", "Gérant", "Artisan", "Cheffe d'entreprise", "Assistante de gestion", "Exploitant agricole",
    "Conjoint collaborateur", "Responsable de magasin", "Patron pêcheur", "Salariée", "Apprenti",
];

/// A sector with its code, its activities and the ways its companies are called; `#` is a family name.
pub(crate) struct Sector {
    pub(crate) name: &'static str,
    pub(crate) activities: &'static [(&'static str, &'static str)],
    pub(crate) companies: &'static [&'static str],
}

#[rustfmt::skip]
pub(crate) static SECTORS: &[Sector] = &[
    Sector {
        name: "Artisanat",
        activities: &[("43.32A", "Menuiserie"), ("10.71C", "Boulangerie-pâtisserie"), ("43.21A", "Électricité"), ("96.02A", "Coiffure")],
        companies: &["Menuiserie #", "# & Fils", "Boulangerie #", "Électricité # SARL", "Atelier #"],
    },
    Sector {
        name: "Commerce",
        activities: &[("47.61Z", "Librairie"), ("47.11B", "Alimentation générale"), ("47.71Z", "Habillement"), ("47.76Z", "Fleuriste")],
        companies: &["Épicerie #", "Maison #", "Librairie #", "# Fleurs", "Comptoir #"],
    },
    Sector {
        name: "Services",
        activities: &[("62.02A", "Conseil en informatique"), ("55.10Z", "Hôtellerie"), ("56.10A", "Restauration"), ("81.30Z", "Paysagiste")],
        companies: &["# Conseil", "Crêperie #", "Hôtel #", "Jardins #", "Taxi #"],
    },
    Sector {
        name: "Agriculture",
        activities: &[("01.41Z", "Élevage laitier"), ("01.13Z", "Maraîchage"), ("01.46Z", "Élevage porcin"), ("11.03Z", "Cidrerie")],
        companies: &["GAEC #", "EARL #", "Ferme #", "Cidrerie #", "Serres #"],
    },
    Sector {
        name: "Mer",
        activities: &[("03.11Z", "Pêche en mer"), ("03.21Z", "Ostréiculture"), ("30.12Z", "Chantier naval"), ("50.10Z", "Transport maritime")],
        companies: &["Armement #", "Huîtres #", "Chantier naval #", "Vedettes #", "Mareyage #"],
    },
];

/// Names that break a careless reader: separators, quotes, formulas, several bytes a character.
#[rustfmt::skip]
pub(crate) static AWKWARD_COMPANIES: &[&str] = &[
    "Crêperie \"Ty Krampouz\" 🥞", "A=B Conseil", "L'Œuf & la Poule",
    "Salon «\u{a0}Belle-Île\u{a0}» = Beauté", "Bois\\Fer Création", "Dupré, Frères; et Cie",
    "100 % Granit <Bretagne>", "Ça gaze ! 🔧", "=SOMME(Menuiserie)", "Le 7'Clés, dit \"Sept Clés\"",
];

#[rustfmt::skip]
pub(crate) static TOPICS: &[&str] = &[
    "Facturation électronique", "Visibilité sur Internet", "Vendre en ligne", "Cybersécurité au quotidien",
    "Réseaux sociaux pour les pros", "Tableaux de bord de gestion", "Relation client",
    "Intelligence artificielle : premiers pas", "Site vitrine en une journée", "RGPD sans peine",
    "Dématérialiser sa comptabilité", "Photo & vidéo avec un téléphone",
];
