"""Short fixed lists that needs, offers and exchanges share."""

from django.db import models


class Side(models.TextChoices):
    """The two sides of an exchange."""

    HOST = "host", "The host"
    GIVER = "giver", "The giver"

    @property
    def other(self) -> "Side":
        return Side.GIVER if self == Side.HOST else Side.HOST


class Mode(models.TextChoices):
    """Where it happens."""

    IN_PERSON = "in-person", "In person"
    REMOTE = "remote", "Remotely"
    EITHER = "either", "In person or remotely"


class Cause(models.TextChoices):
    """What it is for; both sides name it in the same words, so that shared causes are found."""

    CHILDREN = "children", "Children and young people"
    OLDER = "older", "Older people"
    DISABILITY = "disability", "Disabled people"
    HEALTH = "health", "Health and wellbeing"
    MENTAL_HEALTH = "mental-health", "Mental health"
    HOMELESSNESS = "homelessness", "Homelessness and housing"
    FOOD = "food", "Food"
    POVERTY = "poverty", "Money and debt"
    WORK = "work", "Work and skills"
    LEARNING = "learning", "Education and learning"
    REFUGEES = "refugees", "Refugees and people seeking asylum"
    EQUALITY = "equality", "Equality and inclusion"
    NEIGHBOURHOOD = "neighbourhood", "Neighbourhood and community"
    GREEN = "green", "Nature and climate"
    ANIMALS = "animals", "Animals"
    ARTS = "arts", "Arts, culture and heritage"
    SPORT = "sport", "Sport and play"
    SAFETY = "safety", "Safety and justice"


class Access(models.TextChoices):
    """What makes a place or a task possible for somebody."""

    STEP_FREE = "step-free", "Step-free way in"
    TOILET = "toilet", "Accessible toilet"
    PARKING = "parking", "Blue Badge parking"
    LOOP = "loop", "Hearing loop"
    QUIET = "quiet", "A quiet room"
    BUS = "bus", "Near a bus stop"
    SEATED = "seated", "Can be done sitting down"
    BSL = "bsl", "British Sign Language on request"
    EASY_READ = "easy-read", "Instructions in easy words"
    FLEXIBLE = "flexible", "Breaks whenever needed"


class Requirement(models.TextChoices):
    """What a giver's people must have or be."""

    DBS_BASIC = "dbs-basic", "Basic DBS check"
    DBS_ENHANCED = "dbs-enhanced", "Enhanced DBS check"
    ADULT = "adult", "Aged 18 or over"
    DRIVER = "driver", "A driving licence"
    VEHICLE = "vehicle", "A van or a car"
    LIFTING = "lifting", "Lifting and carrying"
    OUTDOORS = "outdoors", "Work outdoors in any weather"
    TOOLS = "tools", "Own tools"
    LAPTOP = "laptop", "Own laptop"
    PROFESSIONAL = "professional", "A professional qualification"
    INDUCTION = "induction", "An induction beforehand"
    REFERENCES = "references", "References"
