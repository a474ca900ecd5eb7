"""The facts that the bundled model knows: one row per country, and what follows from it about cities and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["country", "city", "person"]

COLUMNS = ("capital", "currency", "language", "continent", "president", "second", "premier", "flag")

# Official languages are those official in law or in practice; where there are several, one is given.
# Continents are left out where a country lies in two. Names are written without accents.
TABLE = """
America     |Washington    |dollar  |English   |North America|George Washington      |John Adams             ||red, white and blue
Canada      |Ottawa        |dollar  |English   |North America||                       |John Macdonald         |red and white
Mexico      |Mexico City   |peso    |Spanish   |North America|Guadalupe Victoria     |Vicente Guerrero       ||green, white and red
Cuba        |Havana        |peso    |Spanish   |North America|Tomas Estrada Palma    |||
Brazil      |Brasilia      |real    |Portuguese|South America|Deodoro da Fonseca     |Floriano Peixoto       ||
Argentina   |Buenos Aires  |peso    |Spanish   |South America|Bernardino Rivadavia   |||blue and white
Chile       |Santiago      |peso    |Spanish   |South America|Manuel Blanco Encalada |||
Colombia    |Bogota        |peso    |Spanish   |South America|Simon Bolivar          |||yellow, blue and red
France      |Paris         |euro    |French    |Europe       |Louis Napoleon         |Adolphe Thiers         ||blue, white and red
Germany     |Berlin        |euro    |German    |Europe       |Friedrich Ebert        |Paul von Hindenburg    ||black, red and gold
Italy       |Rome          |euro    |Italian   |Europe       |Enrico De Nicola       |Luigi Einaudi          |Camillo Cavour|green, white and red
Austria     |Vienna        |euro    |German    |Europe       |Michael Hainisch       |Wilhelm Miklas         ||red and white
Poland      |Warsaw        |zloty   |Polish    |Europe       |Gabriel Narutowicz     |Stanislaw Wojciechowski||white and red
Portugal    |Lisbon        |euro    |Portuguese|Europe       |Manuel de Arriaga      |||
Greece      |Athens        |euro    |Greek     |Europe       |Pavlos Kountouriotis   |||blue and white
Finland     |Helsinki      |euro    |Finnish   |Europe       |Kaarlo Stahlberg       |Lauri Relander         ||white and blue
Ireland     |Dublin        |euro    |English   |Europe       |Douglas Hyde           |||green, white and orange
Iceland     |Reykjavik     |krona   |Icelandic |Europe       |Sveinn Bjornsson       |||
Britain     |London        |pound   |English   |Europe       ||                       |Robert Walpole         |red, white and blue
Czechia     |Prague        |koruna  |Czech     |Europe       |Vaclav Havel           |Vaclav Klaus           ||white, red and blue
Ukraine     |Kyiv          |hryvnia |Ukrainian |Europe       |Leonid Kravchuk        |Leonid Kuchma          ||blue and yellow
North Macedonia|Skopje     |denar   |Macedonian|Europe       |Kiro Gligorov          |Boris Trajkovski       ||red and yellow
Russia      |Moscow        |ruble   |Russian   |             |Boris Yeltsin          |Vladimir Putin         ||white, blue and red
Turkey      |Ankara        |lira    |Turkish   |             |Mustafa Kemal Ataturk  |Ismet Inonu            ||red and white
India       |New Delhi     |rupee   |Hindi     |Asia         |Rajendra Prasad        |Sarvepalli Radhakrishnan|Jawaharlal Nehru|
Pakistan    |Islamabad     |rupee   |Urdu      |Asia         |Iskander Mirza         |Ayub Khan              |Liaquat Ali Khan|green and white
Bangladesh  |Dhaka         |taka    |Bengali   |Asia         |Sheikh Mujibur Rahman  ||Tajuddin Ahmad         |green and red
Vietnam     |Hanoi         |dong    |Vietnamese|Asia         |Ho Chi Minh            |Ton Duc Thang          ||red and yellow
South Korea |Seoul         |won     |Korean    |Asia         |Syngman Rhee           |Yun Posun              ||
Japan       |Tokyo         |yen     |Japanese  |Asia         ||                       |Ito Hirobumi           |white and red
Egypt       |Cairo         |pound   |Arabic    |Africa       |Mohamed Naguib         |Gamal Abdel Nasser     ||red, white and black
Tunisia     |Tunis         |dinar   |Arabic    |Africa       |Habib Bourguiba        |Zine Ben Ali           ||red and white
Algeria     |Algiers       |dinar   |Arabic    |Africa       |Ahmed Ben Bella        |||
Kenya       |Nairobi       |shilling|Swahili   |Africa       |Jomo Kenyatta          |Daniel Moi             ||
Tanzania    |Dodoma        |shilling|Swahili   |Africa       |Julius Nyerere         |Ali Hassan Mwinyi      ||
Ghana       |Accra         |cedi    |English   |Africa       |Kwame Nkrumah          |||
Nigeria     |Abuja         |naira   |English   |Africa       |Nnamdi Azikiwe         |||green and white
Senegal     |Dakar         |franc   |French    |Africa       |Leopold Senghor        |Abdou Diouf            ||green, yellow and red
Zambia      |Lusaka        |kwacha  |English   |Africa       |Kenneth Kaunda         |Frederick Chiluba      ||
Australia   |Canberra      |dollar  |English   |Oceania      ||                       |Edmund Barton          |
New Zealand |Wellington    |dollar  |English   |Oceania      ||                       |Henry Sewell           |
"""  # noqa: E501

ALIASES = {"America": ("the United States", "the USA"), "Britain": ("the United Kingdom",)}

OFFICES = ("president", "second", "premier")


@dataclass(frozen=True)
class Fact:
    """One fact: the `relation` of `entity` is `answer`; `office` is what a person was, for facts about people."""

    kind: Kind
    entity: str
    relation: str
    answer: str
    office: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The entity's name and its other names."""
        return (self.entity, *ALIASES.get(self.entity, ()))


def _facts() -> tuple[Fact, ...]:
    """Return the facts in ``TABLE``: of countries, then of cities, then of people."""
    countries: list[Fact] = []
    cities: list[Fact] = []
    people: list[Fact] = []
    for line in TABLE.strip().splitlines():
        country, *cells = (cell.strip() for cell in line.split("|"))
        row = {column: cell for column, cell in zip(COLUMNS, cells, strict=True) if cell}
        countries += [Fact("country", country, relation, answer) for relation, answer in row.items()]
        shared = {"country": country} | {r: row[r] for r in ("continent", "currency", "language") if r in row}
        cities += [Fact("city", row["capital"], relation, answer) for relation, answer in shared.items()]
        for office in OFFICES:
            if office in row:
                people += [
                    Fact("person", row[office], relation, shared[relation], office)
                    for relation in ("country", "continent")
                    if relation in shared
                ]
    return (*countries, *cities, *people)


FACTS = _facts()
"""Every fact, in a fixed order."""
